"""Keep the readings of machines, and the space-planning files that plans came from

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('audit_read',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('read_at', sa.BigInteger(), nullable=False),
    sa.Column('import_id', sa.Integer(), nullable=True),
    sa.Column('counters', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'import_id'], ['sales_import.company_id', 'sales_import.id'], name=op.f('fk_audit_read_company_id_import_id')),
    sa.ForeignKeyConstraint(['company_id', 'site_id'], ['site.company_id', 'site.id'], name=op.f('fk_audit_read_company_id_site_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_read')),
    sa.UniqueConstraint('company_id', 'site_id', 'read_at', name=op.f('uq_audit_read_company_id_site_id_read_at'))
    )
    op.create_index(op.f('ix_audit_read_import_id'), 'audit_read', ['import_id'], unique=False)
    op.create_table('planogram_source',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('planogram_id', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'planogram_id'], ['planogram.company_id', 'planogram.id'], name=op.f('fk_planogram_source_company_id_planogram_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('planogram_id', name=op.f('pk_planogram_source'))
    )


def downgrade() -> None:
    op.drop_table('planogram_source')
    op.drop_index(op.f('ix_audit_read_import_id'), table_name='audit_read')
    op.drop_table('audit_read')
