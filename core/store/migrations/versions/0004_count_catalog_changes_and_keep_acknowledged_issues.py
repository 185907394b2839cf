"""Count the changes of the catalog, and keep which issues were acknowledged

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('company', sa.Column('catalog_version', sa.Integer(), nullable=False, server_default='1'))
    op.create_table('issue_acknowledgement',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('planogram_id', sa.Integer(), nullable=False),
    sa.Column('fingerprint', sa.String(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'planogram_id'], ['planogram.company_id', 'planogram.id'], name=op.f('fk_issue_acknowledgement_company_id_planogram_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_issue_acknowledgement_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('planogram_id', 'fingerprint', name=op.f('pk_issue_acknowledgement')),
    sqlite_with_rowid=False
    )


def downgrade() -> None:
    op.drop_table('issue_acknowledgement')
    with op.batch_alter_table('company') as batch:
        batch.drop_column('catalog_version')
