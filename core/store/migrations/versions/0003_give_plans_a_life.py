"""Give plans a life: steps, comments, proof, variants, batches

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('plan_batch',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_plan_batch_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_plan_batch_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_batch')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_plan_batch_company_id_id'))
    )
    op.create_table('plan_variant',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('planogram_id', sa.Integer(), nullable=False),
    sa.Column('of_planogram_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('planogram_id <> of_planogram_id', name=op.f('ck_plan_variant_of_another')),
    sa.ForeignKeyConstraint(['company_id', 'of_planogram_id'], ['planogram.company_id', 'planogram.id'], name=op.f('fk_plan_variant_company_id_of_planogram_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'planogram_id'], ['planogram.company_id', 'planogram.id'], name=op.f('fk_plan_variant_company_id_planogram_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('planogram_id', name=op.f('pk_plan_variant'))
    )
    op.create_index(op.f('ix_plan_variant_of_planogram_id'), 'plan_variant', ['of_planogram_id'], unique=False)
    op.create_table('plan_batch_item',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('after_id', sa.Integer(), nullable=False),
    sa.Column('before_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'after_id'], ['planogram_version.company_id', 'planogram_version.id'], name=op.f('fk_plan_batch_item_company_id_after_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'batch_id'], ['plan_batch.company_id', 'plan_batch.id'], name=op.f('fk_plan_batch_item_company_id_batch_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'before_id'], ['planogram_version.company_id', 'planogram_version.id'], name=op.f('fk_plan_batch_item_company_id_before_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('batch_id', 'after_id', name=op.f('pk_plan_batch_item'))
    )
    op.create_index(op.f('ix_plan_batch_item_before_id'), 'plan_batch_item', ['before_id'], unique=False)
    op.create_table('plan_comment',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('planogram_id', sa.Integer(), nullable=False),
    sa.Column('planogram_version_id', sa.Integer(), nullable=True),
    sa.Column('answer_to', sa.Integer(), nullable=True),
    sa.Column('slot', sa.String(), nullable=True),
    sa.Column('product_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_by', sa.Integer(), nullable=True),
    sa.CheckConstraint("reason IN ('does_not_fit', 'obstacle', 'other_fixture', 'not_delivered', 'wrong_temperature', 'wrong_price', 'broken', 'other')", name=op.f('ck_plan_comment_reason_known')),
    sa.CheckConstraint("text <> '' OR reason IS NOT NULL", name=op.f('ck_plan_comment_says_something')),
    sa.ForeignKeyConstraint(['company_id', 'answer_to'], ['plan_comment.company_id', 'plan_comment.id'], name=op.f('fk_plan_comment_company_id_answer_to'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'planogram_id'], ['planogram.company_id', 'planogram.id'], name=op.f('fk_plan_comment_company_id_planogram_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'planogram_version_id'], ['planogram_version.company_id', 'planogram_version.id'], name=op.f('fk_plan_comment_company_id_planogram_version_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'product_id'], ['product.company_id', 'product.id'], name=op.f('fk_plan_comment_company_id_product_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['resolved_by'], ['user_account.id'], name=op.f('fk_plan_comment_resolved_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_plan_comment_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_comment')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_plan_comment_company_id_id'))
    )
    op.create_index(op.f('ix_plan_comment_answer_to'), 'plan_comment', ['answer_to'], unique=False)
    op.create_index(op.f('ix_plan_comment_planogram_id'), 'plan_comment', ['planogram_id'], unique=False)
    op.create_index(op.f('ix_plan_comment_planogram_version_id'), 'plan_comment', ['planogram_version_id'], unique=False)
    op.create_index(op.f('ix_plan_comment_product_id'), 'plan_comment', ['product_id'], unique=False)
    op.create_table('plan_proof',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('planogram_id', sa.Integer(), nullable=False),
    sa.Column('planogram_version_id', sa.Integer(), nullable=True),
    sa.Column('content_hash', sa.String(), nullable=False),
    sa.Column('media_type', sa.String(), nullable=False),
    sa.Column('width_px', sa.Integer(), nullable=False),
    sa.Column('height_px', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('width_px > 0 AND height_px > 0', name=op.f('ck_plan_proof_size_positive')),
    sa.ForeignKeyConstraint(['company_id', 'planogram_id'], ['planogram.company_id', 'planogram.id'], name=op.f('fk_plan_proof_company_id_planogram_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'planogram_version_id'], ['planogram_version.company_id', 'planogram_version.id'], name=op.f('fk_plan_proof_company_id_planogram_version_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_plan_proof_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_proof')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_plan_proof_company_id_id'))
    )
    op.create_index(op.f('ix_plan_proof_planogram_id'), 'plan_proof', ['planogram_id'], unique=False)
    op.create_index(op.f('ix_plan_proof_planogram_version_id'), 'plan_proof', ['planogram_version_id'], unique=False)
    op.create_table('plan_step',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('planogram_id', sa.Integer(), nullable=False),
    sa.Column('planogram_version_id', sa.Integer(), nullable=True),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("status IN ('draft', 'prepared', 'implemented', 'archived')", name=op.f('ck_plan_step_status_known')),
    sa.ForeignKeyConstraint(['company_id', 'planogram_id'], ['planogram.company_id', 'planogram.id'], name=op.f('fk_plan_step_company_id_planogram_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'planogram_version_id'], ['planogram_version.company_id', 'planogram_version.id'], name=op.f('fk_plan_step_company_id_planogram_version_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_plan_step_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_step')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_plan_step_company_id_id'))
    )
    op.create_index(op.f('ix_plan_step_planogram_id'), 'plan_step', ['planogram_id'], unique=False)
    op.create_index(op.f('ix_plan_step_planogram_version_id'), 'plan_step', ['planogram_version_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_plan_step_planogram_version_id'), table_name='plan_step')
    op.drop_index(op.f('ix_plan_step_planogram_id'), table_name='plan_step')
    op.drop_table('plan_step')
    op.drop_index(op.f('ix_plan_proof_planogram_version_id'), table_name='plan_proof')
    op.drop_index(op.f('ix_plan_proof_planogram_id'), table_name='plan_proof')
    op.drop_table('plan_proof')
    op.drop_index(op.f('ix_plan_comment_product_id'), table_name='plan_comment')
    op.drop_index(op.f('ix_plan_comment_planogram_version_id'), table_name='plan_comment')
    op.drop_index(op.f('ix_plan_comment_planogram_id'), table_name='plan_comment')
    op.drop_index(op.f('ix_plan_comment_answer_to'), table_name='plan_comment')
    op.drop_table('plan_comment')
    op.drop_index(op.f('ix_plan_batch_item_before_id'), table_name='plan_batch_item')
    op.drop_table('plan_batch_item')
    op.drop_index(op.f('ix_plan_variant_of_planogram_id'), table_name='plan_variant')
    op.drop_table('plan_variant')
    op.drop_table('plan_batch')
