"""Order days of sales by product too, so that long periods are summed without sorting them

Revision ID: 0009
Revises: 0008
"""

from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

COLUMNS = ['company_id', 'site_id', 'product_id', 'slot', 'day', 'units', 'revenue_e4', 'stockout']


def upgrade() -> None:
    op.create_index('ix_daily_sales_by_product', 'daily_sales', COLUMNS, unique=False)


def downgrade() -> None:
    op.drop_index('ix_daily_sales_by_product', table_name='daily_sales')
