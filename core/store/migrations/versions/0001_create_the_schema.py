"""Create the schema

Revision ID: 0001
Revises: 
"""

import sqlalchemy as sa
from alembic import op


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('company',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_company'))
    )
    op.create_table('category',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_category_company_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_category')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_category_company_id_id')),
    sa.UniqueConstraint('company_id', 'name', name=op.f('uq_category_company_id_name'))
    )
    op.create_table('embedding',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('object_id', sa.Integer(), nullable=False),
    sa.Column('model', sa.String(), nullable=False),
    sa.Column('content_hash', sa.String(), nullable=False),
    sa.Column('vector', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_embedding_company_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'kind', 'object_id', 'model', name=op.f('pk_embedding')),
    sqlite_with_rowid=False
    )
    op.create_table('fixture',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('is_template', sa.Boolean(), nullable=False),
    sa.Column('width_in', sa.Float(), nullable=False),
    sa.Column('height_in', sa.Float(), nullable=False),
    sa.Column('depth_in', sa.Float(), nullable=False),
    sa.Column('cell_width_in', sa.Float(), nullable=False),
    sa.Column('placement', sa.String(), nullable=False),
    sa.Column('shape', sa.String(), nullable=False),
    sa.Column('temperature_zone', sa.String(), nullable=False),
    sa.Column('row_columns', sa.JSON(), nullable=False),
    sa.Column('labels', sa.JSON(), nullable=False),
    sa.CheckConstraint("placement IN ('cells', 'slots', 'free')", name=op.f('ck_fixture_placement_known')),
    sa.CheckConstraint("shape IN ('straight', 'end cap', 'L', 'half circle', 'circle')", name=op.f('ck_fixture_shape_known')),
    sa.CheckConstraint("temperature_zone IN ('ambient', 'refrigerated', 'frozen')", name=op.f('ck_fixture_temperature_zone_known')),
    sa.CheckConstraint('cell_width_in > 0', name=op.f('ck_fixture_cell_width_positive')),
    sa.CheckConstraint('depth_in > 0', name=op.f('ck_fixture_depth_positive')),
    sa.CheckConstraint('height_in > 0', name=op.f('ck_fixture_height_positive')),
    sa.CheckConstraint('width_in > 0', name=op.f('ck_fixture_width_positive')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_fixture_company_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fixture')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_fixture_company_id_id'))
    )
    op.create_table('response_fit',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('learned_from', sa.JSON(), nullable=False),
    sa.Column('blob', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_response_fit_company_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_response_fit')),
    sa.UniqueConstraint('company_id', 'version', name=op.f('uq_response_fit_company_id_version'))
    )
    op.create_table('site',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('source_name', sa.String(), nullable=True),
    sa.Column('venue_type', sa.String(), nullable=False),
    sa.Column('latitude', sa.Float(), nullable=True),
    sa.Column('longitude', sa.Float(), nullable=True),
    sa.Column('data_version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('device', 'store')", name=op.f('ck_site_kind_known')),
    sa.CheckConstraint('latitude BETWEEN -90 AND 90', name=op.f('ck_site_latitude_on_earth')),
    sa.CheckConstraint('longitude BETWEEN -180 AND 180', name=op.f('ck_site_longitude_on_earth')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_site_company_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_site')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_site_company_id_id')),
    sa.UniqueConstraint('company_id', 'kind', 'source_name', name=op.f('uq_site_company_id_kind_source_name'))
    )
    op.create_table('user_account',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("role IN ('viewer', 'driver', 'manager', 'admin')", name=op.f('ck_user_account_role_known')),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_user_account_email_lower')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_user_account_company_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_account')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_user_account_company_id_id')),
    sa.UniqueConstraint('email', name=op.f('uq_user_account_email'))
    )
    op.create_table('audit_log',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('object_type', sa.String(), nullable=False),
    sa.Column('object_id', sa.String(), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_audit_log_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_audit_log_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_log'))
    )
    op.create_index(op.f('ix_audit_log_company_id_created_at'), 'audit_log', ['company_id', 'created_at'], unique=False)
    op.create_table('experiment',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('hypothesis', sa.String(), nullable=False),
    sa.Column('metric', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('design', sa.JSON(), nullable=False),
    sa.Column('result', sa.JSON(), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("status IN ('draft', 'running', 'finished', 'stopped')", name=op.f('ck_experiment_status_known')),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_experiment_dates_in_order')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_experiment_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['created_by'], ['user_account.id'], name=op.f('fk_experiment_created_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_experiment')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_experiment_company_id_id'))
    )
    op.create_table('inference',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task', sa.String(), nullable=False),
    sa.Column('model', sa.String(), nullable=False),
    sa.Column('is_local', sa.Boolean(), nullable=False),
    sa.Column('succeeded', sa.Boolean(), nullable=False),
    sa.Column('latency_ms', sa.Float(), nullable=False),
    sa.Column('cost_usd_e6', sa.Integer(), nullable=False),
    sa.Column('quality', sa.Float(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('cost_usd_e6 >= 0', name=op.f('ck_inference_cost_not_negative')),
    sa.CheckConstraint('latency_ms >= 0', name=op.f('ck_inference_latency_not_negative')),
    sa.CheckConstraint('quality BETWEEN 0 AND 1', name=op.f('ck_inference_quality_share')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_inference_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_inference_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inference'))
    )
    op.create_index(op.f('ix_inference_company_id_created_at'), 'inference', ['company_id', 'created_at'], unique=False)
    op.create_table('product',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('brand', sa.String(), nullable=False),
    sa.Column('size', sa.String(), nullable=False),
    sa.Column('upc', sa.String(), nullable=True),
    sa.Column('width_in', sa.Float(), nullable=False),
    sa.Column('height_in', sa.Float(), nullable=False),
    sa.Column('depth_in', sa.Float(), nullable=False),
    sa.Column('pack_height_in', sa.Float(), nullable=False),
    sa.Column('price_e4', sa.BigInteger(), nullable=False),
    sa.Column('cost_e4', sa.BigInteger(), nullable=False),
    sa.Column('velocity', sa.Float(), nullable=False),
    sa.Column('seasonality', sa.JSON(), nullable=False),
    sa.Column('shelf_life_days', sa.Integer(), nullable=True),
    sa.Column('temperature', sa.String(), nullable=True),
    sa.Column('health_score', sa.Float(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("temperature IN ('ambient', 'refrigerated', 'frozen')", name=op.f('ck_product_temperature_known')),
    sa.CheckConstraint('cost_e4 >= 0', name=op.f('ck_product_cost_not_negative')),
    sa.CheckConstraint('depth_in > 0', name=op.f('ck_product_depth_positive')),
    sa.CheckConstraint('height_in > 0', name=op.f('ck_product_height_positive')),
    sa.CheckConstraint('pack_height_in >= 0', name=op.f('ck_product_pack_height_not_negative')),
    sa.CheckConstraint('price_e4 >= 0', name=op.f('ck_product_price_not_negative')),
    sa.CheckConstraint('shelf_life_days > 0', name=op.f('ck_product_shelf_life_positive')),
    sa.CheckConstraint('velocity >= 0', name=op.f('ck_product_velocity_not_negative')),
    sa.CheckConstraint('width_in > 0', name=op.f('ck_product_width_positive')),
    sa.ForeignKeyConstraint(['company_id', 'category_id'], ['category.company_id', 'category.id'], name=op.f('fk_product_company_id_category_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_product_company_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_product')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_product_company_id_id')),
    sa.UniqueConstraint('company_id', 'upc', name=op.f('uq_product_company_id_upc'))
    )
    op.create_index(op.f('ix_product_category_id'), 'product', ['category_id'], unique=False)
    op.create_index(op.f('ix_product_company_id_name'), 'product', ['company_id', 'name'], unique=False)
    op.create_table('sales_import',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('rows_read', sa.Integer(), nullable=False),
    sa.Column('rows_imported', sa.Integer(), nullable=False),
    sa.Column('rows_duplicate', sa.Integer(), nullable=False),
    sa.Column('rows_rejected', sa.Integer(), nullable=False),
    sa.Column('mapping', sa.JSON(), nullable=False),
    sa.Column('rejected', sa.JSON(), nullable=False),
    sa.Column('period_from', sa.Date(), nullable=True),
    sa.Column('period_to', sa.Date(), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("status IN ('running', 'done', 'failed')", name=op.f('ck_sales_import_status_known')),
    sa.CheckConstraint('rows_read >= 0 AND rows_imported >= 0 AND rows_duplicate >= 0 AND rows_rejected >= 0', name=op.f('ck_sales_import_counts_not_negative')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_sales_import_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['created_by'], ['user_account.id'], name=op.f('fk_sales_import_created_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_import')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_sales_import_company_id_id'))
    )
    op.create_index(op.f('ix_sales_import_sha256'), 'sales_import', ['sha256'], unique=False)
    op.create_table('store',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=True),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('demographics', sa.JSON(), nullable=False),
    sa.Column('traffic_by_hour', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'site_id'], ['site.company_id', 'site.id'], name=op.f('fk_store_company_id_site_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_store')),
    sa.UniqueConstraint('company_id', 'code', name=op.f('uq_store_company_id_code')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_store_company_id_id')),
    sa.UniqueConstraint('site_id', name=op.f('uq_store_site_id'))
    )
    op.create_table('zone_performance',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('row_index', sa.Integer(), nullable=False),
    sa.Column('column_index', sa.Integer(), nullable=False),
    sa.Column('visibility', sa.Float(), nullable=False),
    sa.Column('revenue_multiplier', sa.Float(), nullable=False),
    sa.Column('lower', sa.Float(), nullable=False),
    sa.Column('upper', sa.Float(), nullable=False),
    sa.Column('learned_from', sa.String(), nullable=False),
    sa.Column('computed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('revenue_multiplier > 0', name=op.f('ck_zone_performance_multiplier_positive')),
    sa.ForeignKeyConstraint(['company_id', 'site_id'], ['site.company_id', 'site.id'], name=op.f('fk_zone_performance_company_id_site_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('site_id', 'row_index', 'column_index', name=op.f('pk_zone_performance')),
    sqlite_with_rowid=False
    )
    op.create_table('daily_sales',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('slot', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('units', sa.Integer(), nullable=False),
    sa.Column('revenue_e4', sa.BigInteger(), nullable=False),
    sa.Column('stockout', sa.Boolean(), nullable=False),
    sa.CheckConstraint('units >= 0', name=op.f('ck_daily_sales_units_not_negative')),
    sa.ForeignKeyConstraint(['company_id', 'product_id'], ['product.company_id', 'product.id'], name=op.f('fk_daily_sales_company_id_product_id')),
    sa.ForeignKeyConstraint(['company_id', 'site_id'], ['site.company_id', 'site.id'], name=op.f('fk_daily_sales_company_id_site_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'site_id', 'day', 'slot', 'product_id', name=op.f('pk_daily_sales')),
    sqlite_with_rowid=False
    )
    op.create_table('device',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('store_id', sa.Integer(), nullable=True),
    sa.Column('model', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'site_id'], ['site.company_id', 'site.id'], name=op.f('fk_device_company_id_site_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'store_id'], ['store.company_id', 'store.id'], name=op.f('fk_device_company_id_store_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_device')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_device_company_id_id')),
    sa.UniqueConstraint('site_id', name=op.f('uq_device_site_id'))
    )
    op.create_index(op.f('ix_device_store_id'), 'device', ['store_id'], unique=False)
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
    op.create_table('product_affinity',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('product_1_id', sa.Integer(), nullable=False),
    sa.Column('product_2_id', sa.Integer(), nullable=False),
    sa.Column('evidence', sa.String(), nullable=False),
    sa.Column('support', sa.Float(), nullable=True),
    sa.Column('confidence', sa.Float(), nullable=True),
    sa.Column('lift', sa.Float(), nullable=True),
    sa.Column('correlation', sa.Float(), nullable=True),
    sa.Column('computed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("evidence IN ('baskets', 'co-movement')", name=op.f('ck_product_affinity_evidence_known')),
    sa.CheckConstraint('product_1_id <> product_2_id', name=op.f('ck_product_affinity_two_products')),
    sa.ForeignKeyConstraint(['company_id', 'product_1_id'], ['product.company_id', 'product.id'], name=op.f('fk_product_affinity_company_id_product_1_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'product_2_id'], ['product.company_id', 'product.id'], name=op.f('fk_product_affinity_company_id_product_2_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'site_id'], ['site.company_id', 'site.id'], name=op.f('fk_product_affinity_company_id_site_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('site_id', 'product_1_id', 'product_2_id', name=op.f('pk_product_affinity')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_product_affinity_product_1_id'), 'product_affinity', ['product_1_id'], unique=False)
    op.create_index(op.f('ix_product_affinity_product_2_id'), 'product_affinity', ['product_2_id'], unique=False)
    op.create_table('product_alias',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'product_id'], ['product.company_id', 'product.id'], name=op.f('fk_product_alias_company_id_product_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_product_alias')),
    sa.UniqueConstraint('company_id', 'source', 'text', name=op.f('uq_product_alias_company_id_source_text'))
    )
    op.create_index(op.f('ix_product_alias_product_id'), 'product_alias', ['product_id'], unique=False)
    op.create_table('product_image',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('content_hash', sa.String(), nullable=False),
    sa.Column('media_type', sa.String(), nullable=False),
    sa.Column('width_px', sa.Integer(), nullable=False),
    sa.Column('height_px', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("media_type IN ('image/jpeg', 'image/png', 'image/webp')", name=op.f('ck_product_image_media_type_known')),
    sa.ForeignKeyConstraint(['company_id', 'product_id'], ['product.company_id', 'product.id'], name=op.f('fk_product_image_company_id_product_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_product_image')),
    sa.UniqueConstraint('product_id', 'content_hash', name=op.f('uq_product_image_product_id_content_hash'))
    )
    op.create_table('project',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('store_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'store_id'], ['store.company_id', 'store.id'], name=op.f('fk_project_company_id_store_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_project_company_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_project_company_id_id'))
    )
    op.create_index(op.f('ix_project_store_id'), 'project', ['store_id'], unique=False)
    op.create_table('sales_line',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('sold_at', sa.BigInteger(), nullable=False),
    sa.Column('transaction_code', sa.String(), nullable=False),
    sa.Column('slot', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('price_e4', sa.BigInteger(), nullable=False),
    sa.Column('k', sa.Integer(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('amount_e4', sa.BigInteger(), nullable=False),
    sa.Column('import_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('k >= 0', name=op.f('ck_sales_line_k_not_negative')),
    sa.CheckConstraint('quantity >= 0', name=op.f('ck_sales_line_quantity_not_negative')),
    sa.CheckConstraint('slot >= 0', name=op.f('ck_sales_line_slot_not_negative')),
    sa.ForeignKeyConstraint(['company_id', 'import_id'], ['sales_import.company_id', 'sales_import.id'], name=op.f('fk_sales_line_company_id_import_id')),
    sa.ForeignKeyConstraint(['company_id', 'product_id'], ['product.company_id', 'product.id'], name=op.f('fk_sales_line_company_id_product_id')),
    sa.ForeignKeyConstraint(['company_id', 'site_id'], ['site.company_id', 'site.id'], name=op.f('fk_sales_line_company_id_site_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'site_id', 'sold_at', 'transaction_code', 'slot', 'product_id', 'price_e4', 'k', name=op.f('pk_sales_line')),
    sqlite_with_rowid=False
    )
    op.create_table('cabinet',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('device_id', sa.Integer(), nullable=False),
    sa.Column('cabinet_index', sa.Integer(), nullable=False),
    sa.Column('fixture_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('cabinet_index >= 0', name=op.f('ck_cabinet_index_not_negative')),
    sa.ForeignKeyConstraint(['company_id', 'device_id'], ['device.company_id', 'device.id'], name=op.f('fk_cabinet_company_id_device_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'fixture_id'], ['fixture.company_id', 'fixture.id'], name=op.f('fk_cabinet_company_id_fixture_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cabinet')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_cabinet_company_id_id')),
    sa.UniqueConstraint('device_id', 'cabinet_index', name=op.f('uq_cabinet_device_id_cabinet_index'))
    )
    op.create_index(op.f('ix_cabinet_fixture_id'), 'cabinet', ['fixture_id'], unique=False)
    op.create_table('planogram',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('season', sa.String(), nullable=True),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=True),
    sa.Column('project_id', sa.Integer(), nullable=True),
    sa.Column('cabinet_id', sa.Integer(), nullable=True),
    sa.Column('is_primary', sa.Boolean(), nullable=False),
    sa.Column('last_version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("status IN ('draft', 'prepared', 'implemented', 'archived')", name=op.f('ck_planogram_status_known')),
    sa.CheckConstraint('NOT is_primary OR cabinet_id IS NOT NULL', name=op.f('ck_planogram_primary_has_cabinet')),
    sa.CheckConstraint('last_version >= 0', name=op.f('ck_planogram_last_version_not_negative')),
    sa.ForeignKeyConstraint(['company_id', 'cabinet_id'], ['cabinet.company_id', 'cabinet.id'], name=op.f('fk_planogram_company_id_cabinet_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'project_id'], ['project.company_id', 'project.id'], name=op.f('fk_planogram_company_id_project_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'site_id'], ['site.company_id', 'site.id'], name=op.f('fk_planogram_company_id_site_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_planogram_company_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_planogram')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_planogram_company_id_id'))
    )
    op.create_index(op.f('ix_planogram_cabinet_id'), 'planogram', ['cabinet_id'], unique=False)
    op.create_index(op.f('ix_planogram_project_id'), 'planogram', ['project_id'], unique=False)
    op.create_index(op.f('ix_planogram_site_id'), 'planogram', ['site_id'], unique=False)
    op.create_index('uq_planogram_primary_of_cabinet', 'planogram', ['cabinet_id'], unique=True, sqlite_where=sa.text('is_primary'), postgresql_where=sa.text('is_primary'))
    op.create_table('planogram_performance',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('planogram_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('revenue_e4', sa.BigInteger(), nullable=False),
    sa.Column('units', sa.Integer(), nullable=False),
    sa.Column('stockouts', sa.Integer(), nullable=False),
    sa.Column('slow_movers', sa.Integer(), nullable=False),
    sa.Column('score', sa.Float(), nullable=True),
    sa.Column('execution_rate', sa.Float(), nullable=True),
    sa.Column('compliance', sa.Float(), nullable=True),
    sa.CheckConstraint('execution_rate BETWEEN 0 AND 1 AND compliance BETWEEN 0 AND 1', name=op.f('ck_planogram_performance_shares')),
    sa.CheckConstraint('stockouts >= 0', name=op.f('ck_planogram_performance_stockouts_not_negative')),
    sa.CheckConstraint('units >= 0', name=op.f('ck_planogram_performance_units_not_negative')),
    sa.ForeignKeyConstraint(['company_id', 'planogram_id'], ['planogram.company_id', 'planogram.id'], name=op.f('fk_planogram_performance_company_id_planogram_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('planogram_id', 'day', name=op.f('pk_planogram_performance')),
    sqlite_with_rowid=False
    )
    op.create_table('planogram_version',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('planogram_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('fixture_id', sa.Integer(), nullable=False),
    sa.Column('rule_set', sa.String(), nullable=False),
    sa.Column('comment', sa.String(), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("rule_set IN ('strict', 'as found')", name=op.f('ck_planogram_version_rule_set_known')),
    sa.CheckConstraint('version >= 1', name=op.f('ck_planogram_version_version_positive')),
    sa.ForeignKeyConstraint(['company_id', 'fixture_id'], ['fixture.company_id', 'fixture.id'], name=op.f('fk_planogram_version_company_id_fixture_id')),
    sa.ForeignKeyConstraint(['company_id', 'planogram_id'], ['planogram.company_id', 'planogram.id'], name=op.f('fk_planogram_version_company_id_planogram_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['created_by'], ['user_account.id'], name=op.f('fk_planogram_version_created_by'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_planogram_version')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_planogram_version_company_id_id')),
    sa.UniqueConstraint('planogram_id', 'version', name=op.f('uq_planogram_version_planogram_id_version'))
    )
    op.create_index(op.f('ix_planogram_version_fixture_id'), 'planogram_version', ['fixture_id'], unique=False)
    op.create_table('prediction',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('planogram_id', sa.Integer(), nullable=True),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('model_version', sa.String(), nullable=False),
    sa.Column('request', sa.JSON(), nullable=False),
    sa.Column('result', sa.JSON(), nullable=False),
    sa.Column('actual', sa.JSON(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'planogram_id'], ['planogram.company_id', 'planogram.id'], name=op.f('fk_prediction_company_id_planogram_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_prediction_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_prediction_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_prediction')),
    sa.UniqueConstraint('company_id', 'id', name=op.f('uq_prediction_company_id_id'))
    )
    op.create_index(op.f('ix_prediction_company_id_created_at'), 'prediction', ['company_id', 'created_at'], unique=False)
    op.create_index(op.f('ix_prediction_planogram_id'), 'prediction', ['planogram_id'], unique=False)
    op.create_table('experiment_assignment',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('experiment_id', sa.Integer(), nullable=False),
    sa.Column('site_id', sa.Integer(), nullable=False),
    sa.Column('arm', sa.String(), nullable=False),
    sa.Column('planogram_version_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("arm IN ('control', 'treatment')", name=op.f('ck_experiment_assignment_arm_known')),
    sa.ForeignKeyConstraint(['company_id', 'experiment_id'], ['experiment.company_id', 'experiment.id'], name=op.f('fk_experiment_assignment_company_id_experiment_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'planogram_version_id'], ['planogram_version.company_id', 'planogram_version.id'], name=op.f('fk_experiment_assignment_company_id_planogram_version_id')),
    sa.ForeignKeyConstraint(['company_id', 'site_id'], ['site.company_id', 'site.id'], name=op.f('fk_experiment_assignment_company_id_site_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('experiment_id', 'site_id', name=op.f('pk_experiment_assignment'))
    )
    op.create_index(op.f('ix_experiment_assignment_planogram_version_id'), 'experiment_assignment', ['planogram_version_id'], unique=False)
    op.create_index(op.f('ix_experiment_assignment_site_id'), 'experiment_assignment', ['site_id'], unique=False)
    op.create_table('feedback',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('prediction_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('feedback_type', sa.String(), nullable=False),
    sa.Column('user_feedback', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("feedback_type IN ('accepted', 'rejected', 'modified')", name=op.f('ck_feedback_feedback_type_known')),
    sa.ForeignKeyConstraint(['company_id', 'prediction_id'], ['prediction.company_id', 'prediction.id'], name=op.f('fk_feedback_company_id_prediction_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_feedback_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback'))
    )
    op.create_index(op.f('ix_feedback_prediction_id'), 'feedback', ['prediction_id'], unique=False)
    op.create_table('position',
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('planogram_version_id', sa.Integer(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.Integer(), nullable=False),
    sa.Column('row_index', sa.Integer(), nullable=False),
    sa.Column('column_index', sa.Integer(), nullable=False),
    sa.Column('cells', sa.Integer(), nullable=False),
    sa.Column('x_in', sa.Float(), nullable=False),
    sa.Column('width_in', sa.Float(), nullable=False),
    sa.Column('facings', sa.Integer(), nullable=False),
    sa.Column('facings_high', sa.Integer(), nullable=False),
    sa.Column('facings_deep', sa.Integer(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=True),
    sa.Column('quantity', sa.Integer(), nullable=True),
    sa.Column('par_level', sa.Integer(), nullable=True),
    sa.Column('price_e4', sa.BigInteger(), nullable=True),
    sa.Column('locked', sa.Boolean(), nullable=False),
    sa.CheckConstraint('capacity >= 0', name=op.f('ck_position_capacity_not_negative')),
    sa.CheckConstraint('cells >= 1', name=op.f('ck_position_cells_positive')),
    sa.CheckConstraint('column_index >= 0', name=op.f('ck_position_column_not_negative')),
    sa.CheckConstraint('facings >= 1 AND facings_high >= 1 AND facings_deep >= 1', name=op.f('ck_position_facings_positive')),
    sa.CheckConstraint('par_level >= 0', name=op.f('ck_position_par_level_not_negative')),
    sa.CheckConstraint('price_e4 >= 0', name=op.f('ck_position_price_not_negative')),
    sa.CheckConstraint('quantity >= 0', name=op.f('ck_position_quantity_not_negative')),
    sa.CheckConstraint('row_index >= 0', name=op.f('ck_position_row_not_negative')),
    sa.CheckConstraint('width_in > 0', name=op.f('ck_position_width_positive')),
    sa.CheckConstraint('x_in >= 0', name=op.f('ck_position_x_not_negative')),
    sa.ForeignKeyConstraint(['company_id', 'planogram_version_id'], ['planogram_version.company_id', 'planogram_version.id'], name=op.f('fk_position_company_id_planogram_version_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['company_id', 'product_id'], ['product.company_id', 'product.id'], name=op.f('fk_position_company_id_product_id')),
    sa.PrimaryKeyConstraint('planogram_version_id', 'ordinal', name=op.f('pk_position')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_position_product_id'), 'position', ['product_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_position_product_id'), table_name='position')
    op.drop_table('position')
    op.drop_index(op.f('ix_feedback_prediction_id'), table_name='feedback')
    op.drop_table('feedback')
    op.drop_index(op.f('ix_experiment_assignment_site_id'), table_name='experiment_assignment')
    op.drop_index(op.f('ix_experiment_assignment_planogram_version_id'), table_name='experiment_assignment')
    op.drop_table('experiment_assignment')
    op.drop_index(op.f('ix_prediction_planogram_id'), table_name='prediction')
    op.drop_index(op.f('ix_prediction_company_id_created_at'), table_name='prediction')
    op.drop_table('prediction')
    op.drop_index(op.f('ix_planogram_version_fixture_id'), table_name='planogram_version')
    op.drop_table('planogram_version')
    op.drop_table('planogram_performance')
    op.drop_index('uq_planogram_primary_of_cabinet', table_name='planogram', sqlite_where=sa.text('is_primary'), postgresql_where=sa.text('is_primary'))
    op.drop_index(op.f('ix_planogram_site_id'), table_name='planogram')
    op.drop_index(op.f('ix_planogram_project_id'), table_name='planogram')
    op.drop_index(op.f('ix_planogram_cabinet_id'), table_name='planogram')
    op.drop_table('planogram')
    op.drop_index(op.f('ix_cabinet_fixture_id'), table_name='cabinet')
    op.drop_table('cabinet')
    op.drop_table('sales_line')
    op.drop_index(op.f('ix_project_store_id'), table_name='project')
    op.drop_table('project')
    op.drop_table('product_image')
    op.drop_index(op.f('ix_product_alias_product_id'), table_name='product_alias')
    op.drop_table('product_alias')
    op.drop_index(op.f('ix_product_affinity_product_2_id'), table_name='product_affinity')
    op.drop_index(op.f('ix_product_affinity_product_1_id'), table_name='product_affinity')
    op.drop_table('product_affinity')
    op.drop_index(op.f('ix_forecast_product_id'), table_name='forecast')
    op.drop_table('forecast')
    op.drop_index(op.f('ix_device_store_id'), table_name='device')
    op.drop_table('device')
    op.drop_table('daily_sales')
    op.drop_table('zone_performance')
    op.drop_table('store')
    op.drop_index(op.f('ix_sales_import_sha256'), table_name='sales_import')
    op.drop_table('sales_import')
    op.drop_index(op.f('ix_product_company_id_name'), table_name='product')
    op.drop_index(op.f('ix_product_category_id'), table_name='product')
    op.drop_table('product')
    op.drop_index(op.f('ix_inference_company_id_created_at'), table_name='inference')
    op.drop_table('inference')
    op.drop_table('experiment')
    op.drop_index(op.f('ix_audit_log_company_id_created_at'), table_name='audit_log')
    op.drop_table('audit_log')
    op.drop_table('user_account')
    op.drop_table('site')
    op.drop_table('response_fit')
    op.drop_table('fixture')
    op.drop_table('embedding')
    op.drop_table('category')
    op.drop_table('company')
