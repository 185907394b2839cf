"""Keep forecasts to judge them

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nothing was ever written to the first table of this name.
    op.drop_index(op.f('ix_forecast_product_id'), table_name='forecast')
    op.drop_table('forecast')
    op.create_table('forecast_run',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('last_known_day', sa.Integer(), nullable=False),
    sa.Column('model_version', sa.String(), nullable=False),
    sa.Column('replayed', sa.Boolean(), nullable=False),
    sa.Column('series', sa.Integer(), nullable=False),
    sa.Column('seconds', sa.Float(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_forecast_run_company_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forecast_run')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_forecast_run_company_id_id')),
    sa.UniqueConstraint('company_id', 'is_demo', 'last_known_day', 'model_version', name=op.f('uq_forecast_run_company_id_is_demo_last_known_day_model_version'))
    )
    op.create_table('forecast',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('expected', sa.Float(), nullable=False),
    sa.Column('variance', sa.Float(), nullable=False),
    sa.Column('naive', sa.Float(), nullable=True),
    sa.Column('scale', sa.Float(), nullable=True),
    sa.Column('available', sa.Float(), nullable=True),
    sa.Column('actual', sa.Integer(), nullable=True),
    sa.CheckConstraint('days > 0', name=op.f('ck_forecast_span_positive')),
    sa.CheckConstraint('variance >= 0', name=op.f('ck_forecast_variance_not_negative')),
    sa.ForeignKeyConstraint(['company_id', 'product_id'], ['product.company_id', 'product.id'], name=op.f('fk_forecast_company_id_product_id')),
    sa.ForeignKeyConstraint(['company_id', 'run_id'], ['forecast_run.company_id', 'forecast_run.id'], name=op.f('fk_forecast_company_id_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'site_id'], ['site.company_id', 'site.id'], name=op.f('fk_forecast_company_id_site_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'days', 'site_id', 'product_id', 'day', name=op.f('pk_forecast')),
    sqlite_with_rowid=False
    )
    op.create_table('site_forecast',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('expected', sa.Float(), nullable=False),
    sa.Column('variance', sa.Float(), nullable=False),
    sa.Column('naive', sa.Float(), nullable=True),
    sa.Column('scale', sa.Float(), nullable=True),
    sa.Column('stocked', sa.Float(), nullable=True),
    sa.Column('actual', sa.Integer(), nullable=True),
    sa.CheckConstraint('days > 0', name=op.f('ck_site_forecast_span_positive')),
    sa.CheckConstraint('variance >= 0', name=op.f('ck_site_forecast_variance_not_negative')),
    sa.ForeignKeyConstraint(['company_id', 'run_id'], ['forecast_run.company_id', 'forecast_run.id'], name=op.f('fk_site_forecast_company_id_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'site_id'], ['site.company_id', 'site.id'], name=op.f('fk_site_forecast_company_id_site_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'days', 'site_id', 'day', name=op.f('pk_site_forecast')),
    sqlite_with_rowid=False
    )


def downgrade() -> None:
    op.drop_table('site_forecast')
    op.drop_table('forecast')
    op.drop_table('forecast_run')
    op.create_table('forecast',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('expected', sa.Float(), nullable=False),
    sa.Column('lower', sa.Float(), nullable=False),
    sa.Column('upper', sa.Float(), nullable=False),
    sa.Column('actual', sa.Float(), nullable=True),
    sa.Column('model_version', sa.String(), nullable=False),
    sa.CheckConstraint('lower <= upper', name=op.f('ck_forecast_interval_in_order')),
    sa.ForeignKeyConstraint(['company_id', 'product_id'], ['product.company_id', 'product.id'], name=op.f('fk_forecast_company_id_product_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'site_id'], ['site.company_id', 'site.id'], name=op.f('fk_forecast_company_id_site_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('site_id', 'made_on', 'product_id', 'day', name=op.f('pk_forecast')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_forecast_product_id'), 'forecast', ['product_id'], unique=False)
