"""Keep what calls of models cost and why, good answers for a day, and the router's settings by version

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('inference', sa.Column('tier', sa.Integer(), nullable=False, server_default='1'))
    op.add_column('inference', sa.Column('outcome', sa.String(), nullable=False, server_default='ok'))
    op.add_column('inference', sa.Column('tokens_in', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('inference', sa.Column('tokens_out', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('inference', sa.Column('complexity', sa.Float(), nullable=True))
    op.add_column('inference', sa.Column('cache', sa.String(), nullable=False, server_default=''))
    op.add_column('inference', sa.Column('prompt', sa.String(), nullable=False, server_default=''))
    op.add_column('inference', sa.Column('policy', sa.Integer(), nullable=False, server_default='0'))
    op.create_table('model_answer',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.Column('model', sa.String(), nullable=False),
    sa.Column('tier', sa.Integer(), nullable=False),
    sa.Column('quality', sa.Float(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('quality BETWEEN 0 AND 1', name=op.f('ck_model_answer_quality_share')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_model_answer_company_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'key', name=op.f('pk_model_answer')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_model_answer_company_id_created_at'), 'model_answer', ['company_id', 'created_at'], unique=False)
    op.create_table('router_policy',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('policy', sa.JSON(), nullable=False),
    sa.Column('report', sa.JSON(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('version > 0', name=op.f('ck_router_policy_version_positive')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_router_policy_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_router_policy_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_router_policy')),
    sa.UniqueConstraint('company_id', 'version', name=op.f('uq_router_policy_company_id_version'))
    )


def downgrade() -> None:
    op.drop_table('router_policy')
    op.drop_index(op.f('ix_model_answer_company_id_created_at'), table_name='model_answer')
    op.drop_table('model_answer')
    for column in ('policy', 'prompt', 'cache', 'complexity', 'tokens_out', 'tokens_in', 'outcome', 'tier'):
        op.drop_column('inference', column)
