"""Keep audits of photos, verdicts on what they found, and pictures to learn from

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('photo_audit',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('planogram_id', sa.Integer(), nullable=False),
    sa.Column('planogram_version_id', sa.Integer(), nullable=True),
    sa.Column('photo_hash', sa.String(), nullable=False),
    sa.Column('media_type', sa.String(), nullable=False),
    sa.Column('width_px', sa.Integer(), nullable=False),
    sa.Column('height_px', sa.Integer(), nullable=False),
    sa.Column('reading', sa.JSON(), nullable=False),
    sa.Column('result', sa.JSON(), nullable=False),
    sa.Column('usable', sa.Boolean(), nullable=False),
    sa.Column('score', sa.Float(), nullable=True),
    sa.Column('availability', sa.Float(), nullable=True),
    sa.Column('facings', sa.Integer(), nullable=False),
    sa.Column('expected_facings', sa.Integer(), nullable=False),
    sa.Column('violations', sa.Integer(), nullable=False),
    sa.Column('methods', sa.String(), nullable=False),
    sa.Column('elapsed_ms', sa.Float(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('availability BETWEEN 0 AND 1', name=op.f('ck_photo_audit_availability_share')),
    sa.CheckConstraint('elapsed_ms >= 0', name=op.f('ck_photo_audit_elapsed_not_negative')),
    sa.CheckConstraint('facings >= 0 AND expected_facings >= 0 AND violations >= 0', name=op.f('ck_photo_audit_counts_not_negative')),
    sa.CheckConstraint('score BETWEEN 0 AND 1', name=op.f('ck_photo_audit_score_share')),
    sa.CheckConstraint('width_px > 0 AND height_px > 0', name=op.f('ck_photo_audit_size_positive')),
    sa.ForeignKeyConstraint(['company_id', 'planogram_id'], ['planogram.company_id', 'planogram.id'], name=op.f('fk_photo_audit_company_id_planogram_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'planogram_version_id'], ['planogram_version.company_id', 'planogram_version.id'], name=op.f('fk_photo_audit_company_id_planogram_version_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_photo_audit_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_photo_audit')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_photo_audit_company_id_id'))
    )
    op.create_index(op.f('ix_photo_audit_company_id_created_at'), 'photo_audit', ['company_id', 'created_at'], unique=False)
    op.create_index(op.f('ix_photo_audit_planogram_id'), 'photo_audit', ['planogram_id'], unique=False)
    op.create_index(op.f('ix_photo_audit_planogram_version_id'), 'photo_audit', ['planogram_version_id'], unique=False)
    op.create_table('audit_verdict',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('audit_id', sa.Integer(), nullable=False),
    sa.Column('violation', sa.String(), nullable=False),
    sa.Column('verdict', sa.String(), nullable=False),
    sa.Column('correction', sa.JSON(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("verdict IN ('confirmed', 'dismissed', 'corrected')", name=op.f('ck_audit_verdict_verdict_known')),
    sa.CheckConstraint("violation <> ''", name=op.f('ck_audit_verdict_violation_named')),
    sa.ForeignKeyConstraint(['company_id', 'audit_id'], ['photo_audit.company_id', 'photo_audit.id'], name=op.f('fk_audit_verdict_company_id_audit_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_audit_verdict_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('audit_id', 'violation', name=op.f('pk_audit_verdict'))
    )
    op.create_table('learning_item',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('audit_id', sa.Integer(), nullable=True),
    sa.Column('photo_hash', sa.String(), nullable=False),
    sa.Column('crop_hash', sa.String(), nullable=False),
    sa.Column('box', sa.JSON(), nullable=False),
    sa.Column('candidates', sa.JSON(), nullable=False),
    sa.Column('confidence', sa.Float(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=True),
    sa.Column('not_in_catalog', sa.Boolean(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('labelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("product_id IS NULL OR (status = 'labelled' AND NOT not_in_catalog)", name=op.f('ck_learning_item_named')),
    sa.CheckConstraint("source IN ('audit', 'recognized', 'confirmed', 'corrected')", name=op.f('ck_learning_item_source_known')),
    sa.CheckConstraint("status <> 'labelled' OR product_id IS NOT NULL OR not_in_catalog", name=op.f('ck_learning_item_labelled_as_something')),
    sa.CheckConstraint("status IN ('open', 'labelled', 'skipped')", name=op.f('ck_learning_item_status_known')),
    sa.ForeignKeyConstraint(['company_id', 'audit_id'], ['photo_audit.company_id', 'photo_audit.id'], name=op.f('fk_learning_item_company_id_audit_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'product_id'], ['product.company_id', 'product.id'], name=op.f('fk_learning_item_company_id_product_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_learning_item_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_learning_item_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_learning_item')),
    sa.UniqueConstraint('company_id', 'crop_hash', name=op.f('uq_learning_item_company_id_crop_hash')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_learning_item_company_id_id'))
    )
    op.create_index(op.f('ix_learning_item_audit_id'), 'learning_item', ['audit_id'], unique=False)
    op.create_index(op.f('ix_learning_item_company_id_status'), 'learning_item', ['company_id', 'status'], unique=False)
    op.create_index(op.f('ix_learning_item_product_id'), 'learning_item', ['product_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_learning_item_product_id'), table_name='learning_item')
    op.drop_index(op.f('ix_learning_item_company_id_status'), table_name='learning_item')
    op.drop_index(op.f('ix_learning_item_audit_id'), table_name='learning_item')
    op.drop_table('learning_item')
    op.drop_table('audit_verdict')
    op.drop_index(op.f('ix_photo_audit_planogram_version_id'), table_name='photo_audit')
    op.drop_index(op.f('ix_photo_audit_planogram_id'), table_name='photo_audit')
    op.drop_index(op.f('ix_photo_audit_company_id_created_at'), table_name='photo_audit')
    op.drop_table('photo_audit')
