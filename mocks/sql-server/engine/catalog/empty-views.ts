/** Views of what the simulator has none of: their columns are there, so that tools that ask find no rows. */
import type { ViewDeclaration } from './system-view.ts'

const none = (): never[] => []
const named = 'name:name principal_id:int?'
const columns: Readonly<Record<string, string>> = {
  'sys.assemblies':
    'name:name principal_id:int? assembly_id clr_name:n4000? permission_set:tinyint? permission_set_desc:n60? is_visible:bit create_date:datetime modify_date:datetime is_user_defined:bit?',
  'sys.assembly_modules':
    'object_id assembly_id assembly_class:name? assembly_method:name? null_on_null_input:bit? execute_as_principal_id:int?',
  'sys.assembly_references': 'assembly_id referenced_assembly_id',
  'sys.asymmetric_keys': `${named} asymmetric_key_id pvt_key_encryption_type:c2 pvt_key_encryption_type_desc:n60? thumbprint:b32 algorithm:c2 algorithm_desc:n60? key_length sid:bin? string_sid:n128? public_key:bmax attested_by:n260? provider_type:n120?`,
  'sys.symmetric_keys': `${named} symmetric_key_id key_length key_algorithm:c2 algorithm_desc:n60? create_date:datetime modify_date:datetime key_guid:guid? key_thumbprint:variant? provider_type:n120?`,
  'sys.certificates': `${named} certificate_id pvt_key_encryption_type:c2 pvt_key_encryption_type_desc:n60? is_active_for_begin_dialog:bit? issuer_name:n442? cert_serial_number:n64? sid:bin? string_sid:n128? subject:n4000? expiry_date:datetime? start_date:datetime? thumbprint:b32 attested_by:n260? pvt_key_last_backup_date:datetime? key_length:int?`,
  'sys.credentials':
    'credential_id name:name credential_identity:n4000? create_date:datetime modify_date:datetime target_type:n100? target_id:int?',
  'sys.database_credentials': `credential_id ${named} credential_identity:n4000? create_date:datetime modify_date:datetime target_type:n100? target_id:int?`,
  'sys.xml_schema_collections':
    'xml_collection_id schema_id principal_id:int? name:name create_date:datetime modify_date:datetime',
  'sys.xml_indexes':
    'object_id name:name? index_id type:tinyint type_desc:n60? is_unique:bit? data_space_id:int? using_xml_index_id:int? secondary_type:c1? secondary_type_desc:n60? xml_index_type:tinyint? xml_index_type_description:n60? path_id:int?',
  'sys.spatial_indexes':
    'object_id name:name? index_id type:tinyint type_desc:n60? is_unique:bit? data_space_id:int? spatial_index_type:tinyint spatial_index_type_desc:n60? tessellation_scheme:name?',
  'sys.hash_indexes': 'object_id name:name? index_id type:tinyint type_desc:n60? bucket_count:int',
  'sys.fulltext_catalogs':
    'fulltext_catalog_id name:name path:n260? is_default:bit is_accent_sensitivity_on:bit data_space_id:int? file_id:int? principal_id:int? is_importing:bit',
  'sys.fulltext_indexes':
    'object_id unique_index_id fulltext_catalog_id:int? is_enabled:bit change_tracking_state:c1? change_tracking_state_desc:n60? has_crawl_completed:bit crawl_type:c1 crawl_type_desc:n60? crawl_start_date:datetime? crawl_end_date:datetime? stoplist_id:int? data_space_id property_list_id:int?',
  'sys.fulltext_index_columns': 'object_id column_id type_column_id:int? language_id statistical_semantics',
  'sys.partition_schemes': 'name:name data_space_id type:c2 type_desc:n60? is_default:bit? is_system:bit? function_id',
  'sys.partition_functions':
    'name:name function_id type:c2 type_desc:n60? fanout boundary_value_on_right:bit is_system:bit create_date:datetime modify_date:datetime',
  'sys.partition_range_values': 'function_id boundary_id parameter_id value:variant?',
  'sys.partition_parameters':
    'function_id parameter_id system_type_id:tinyint max_length:smallint precision:tinyint scale:tinyint collation_name:name? user_type_id',
  'sys.destination_data_spaces': 'partition_scheme_id destination_id data_space_id',
  'sys.change_tracking_databases':
    'database_id is_auto_cleanup_on:tinyint? retention_period:int? retention_period_units:tinyint? retention_period_units_desc:n60? max_cleanup_version:bigint?',
  'sys.change_tracking_tables':
    'object_id is_track_columns_updated_on:bit min_valid_version:bigint? begin_version:bigint? cleanup_version:bigint?',
  'sys.masked_columns':
    'object_id name:name? column_id system_type_id:tinyint user_type_id is_masked:bit masking_function:n4000?',
  'sys.security_policies':
    'name:name object_id principal_id:int? schema_id parent_object_id type:c2 type_desc:n60? create_date:datetime modify_date:datetime is_ms_shipped:bit is_enabled:bit is_not_for_replication:bit uses_database_collation:bit? is_schema_bound:bit',
  'sys.security_predicates':
    'object_id security_predicate_id target_object_id predicate_definition:text? predicate_type:int? predicate_type_desc:n60? operation:int? operation_desc:n60?',
  'sys.periods': 'name:name? period_type:tinyint? period_type_desc:n60? object_id start_column_id end_column_id',
  'sys.edge_constraints':
    'name:name object_id principal_id:int? schema_id parent_object_id type:c2 type_desc:n60? create_date:datetime modify_date:datetime is_ms_shipped:bit is_disabled:bit is_not_trusted:bit is_system_named:bit delete_referential_action:tinyint? delete_referential_action_desc:n60?',
  'sys.external_tables':
    'name:name object_id principal_id:int? schema_id parent_object_id type:c2 type_desc:n60? create_date:datetime modify_date:datetime data_source_id file_format_id:int? location:n4000? remote_schema_name:name? remote_object_name:name?',
  'sys.external_data_sources':
    'data_source_id name:name location:n4000 type_desc:n255? type:tinyint resource_manager_location:n4000? credential_id database_name:name? shard_map_name:name? connection_options:n4000? pushdown:n256',
  'sys.external_file_formats':
    'file_format_id name:name format_type:tinyint field_terminator:n10? string_delimiter:n10? date_format:n50? use_type_default:bit? serde_method:n255? row_terminator:n10? encoding:n10? data_compression:n255? first_row:int?',
  'sys.column_master_keys':
    'name:name column_master_key_id create_date:datetime modify_date:datetime key_store_provider_name:name? key_path:n4000? allow_enclave_computations:bit signature:bmax?',
  'sys.column_encryption_keys': 'name:name column_encryption_key_id create_date:datetime modify_date:datetime',
  'sys.services': 'name:name service_id principal_id:int? service_queue_id',
  'sys.service_queues':
    'name:name object_id principal_id:int? schema_id parent_object_id type:c2 type_desc:n60? create_date:datetime modify_date:datetime is_ms_shipped:bit is_published:bit is_schema_published:bit max_readers:smallint? activation_procedure:n776? execute_as_principal_id:int? is_activation_enabled:bit is_receive_enabled:bit is_enqueue_enabled:bit is_retention_enabled:bit is_poison_message_handling_enabled:bit?',
  'sys.event_notifications':
    'name:name object_id parent_class:tinyint parent_class_desc:n60? parent_id create_date:datetime modify_date:datetime principal_id:int? service_name:n256? broker_instance:n128? creator_sid:bin?',
  'sys.plan_guides':
    'plan_guide_id name:name create_date:datetime modify_date:datetime is_disabled:bit query_text:text? scope_type:tinyint scope_type_desc:n60? scope_object_id:int? scope_batch:text? parameters:text? hints:text?',
  'sys.numbered_procedures': 'object_id procedure_number:smallint definition:text?',
  'sys.server_triggers':
    'name:name object_id parent_class:tinyint parent_class_desc:n60? parent_id type:c2 type_desc:n60? create_date:datetime modify_date:datetime is_ms_shipped:bit is_disabled:bit',
  'sys.linked_logins':
    'server_id local_principal_id:int? uses_self_credential:bit remote_name:name? modify_date:datetime',
  'sys.remote_logins': 'server_id remote_name:name? local_principal_id:int? modify_date:datetime',
  'sys.backup_devices': 'name:name type:tinyint type_desc:n60? physical_name:n260?',
  'sys.database_mirroring':
    'database_id mirroring_guid:guid? mirroring_state:tinyint? mirroring_state_desc:n60? mirroring_role:tinyint? mirroring_role_desc:n60? mirroring_partner_name:n128? mirroring_witness_name:n128?',
  'sys.database_mirroring_endpoints':
    'name:name endpoint_id principal_id:int? protocol:tinyint protocol_desc:n60? type:tinyint type_desc:n60? state:tinyint? state_desc:n60? is_admin_endpoint:bit role:tinyint? role_desc:n60?',
  'sys.availability_groups':
    'group_id:guid name:name? resource_id:n40? resource_group_id:n40? failure_condition_level:int? health_check_timeout:int? automated_backup_preference:tinyint? automated_backup_preference_desc:n60? is_distributed:bit? cluster_type:tinyint? cluster_type_desc:n60?',
  'sys.availability_replicas':
    'replica_id:guid? group_id:guid? replica_metadata_id:int? replica_server_name:n256? owner_sid:bin? endpoint_url:n128? availability_mode:tinyint? availability_mode_desc:n60? failover_mode:tinyint? failover_mode_desc:n60? session_timeout:int?',
  'sys.dm_hadr_database_replica_states':
    'database_id group_id:guid replica_id:guid group_database_id:guid is_local:bit? is_primary_replica:bit? synchronization_state:tinyint? synchronization_state_desc:n60? is_commit_participant:bit? synchronization_health:tinyint? synchronization_health_desc:n60? database_state:tinyint? database_state_desc:n60?',
  'sys.dm_hadr_availability_replica_states':
    'replica_id:guid group_id:guid is_local:bit role:tinyint? role_desc:n60? operational_state:tinyint? operational_state_desc:n60? connected_state:tinyint? connected_state_desc:n60? synchronization_health:tinyint? synchronization_health_desc:n60?',
  'sys.dm_db_index_usage_stats':
    'database_id:smallint object_id index_id user_seeks:bigint user_scans:bigint user_lookups:bigint user_updates:bigint last_user_seek:datetime? last_user_scan:datetime? last_user_lookup:datetime? last_user_update:datetime? system_seeks:bigint system_scans:bigint system_lookups:bigint system_updates:bigint',
  'sys.dm_db_missing_index_details':
    'index_handle database_id:smallint object_id equality_columns:n4000? inequality_columns:n4000? included_columns:n4000? statement:n4000?',
  'sys.traces':
    'id status path:n260? max_size:bigint? stop_time:datetime? max_files:int? is_rowset:bit is_rollover:bit is_shutdown:bit is_default:bit',
  'sys.database_scoped_configurations':
    'configuration_id name:n60? value:variant? value_for_secondary:variant? is_value_default:bit?',
}

export const emptyViews: Readonly<Record<string, ViewDeclaration>> = Object.fromEntries(
  Object.entries(columns).map(([name, list]): [string, ViewDeclaration] => [name, [list, none]]),
)
