"""Keep questions as tiles on Home, and what people said of answers

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('saved_question',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('question', sa.String(), nullable=False),
    sa.Column('plan', sa.JSON(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('place >= 0', name=op.f('ck_saved_question_place_not_negative')),
    sa.ForeignKeyConstraint(['company_id', 'user_id'], ['user_account.company_id', 'user_account.id'], name=op.f('fk_saved_question_company_id_user_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_saved_question_company_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_question'))
    )
    op.create_index(op.f('ix_saved_question_user_id_place'), 'saved_question', ['user_id', 'place'], unique=False)
    op.create_table('question_feedback',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('question', sa.String(), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('plan', sa.JSON(), nullable=False),
    sa.Column('answered_by', sa.String(), nullable=False),
    sa.Column('verdict', sa.String(), nullable=False),
    sa.Column('comment', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("verdict IN ('right', 'wrong')", name=op.f('ck_question_feedback_verdict_known')),
    sa.ForeignKeyConstraint(['company_id', 'user_id'], ['user_account.company_id', 'user_account.id'], name=op.f('fk_question_feedback_company_id_user_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_question_feedback_company_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question_feedback'))
    )
    op.create_index(op.f('ix_question_feedback_company_id_created_at'), 'question_feedback', ['company_id', 'created_at'], unique=False)
    op.create_index(op.f('ix_question_feedback_user_id'), 'question_feedback', ['user_id'], unique=False)


def downgrade() -> None:
    op.drop_table('question_feedback')
    op.drop_table('saved_question')
