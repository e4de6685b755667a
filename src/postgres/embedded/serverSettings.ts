/**
 * Given at each start, so a newer version of ours brings its own and postgresql.conf needs no care. Small, because it
 * shares the machine with us: a pool and two or three single connections of two servers are all that ever connects.
 */
export const SERVER_SETTINGS: Readonly<Record<string, string>> = {
  // What is committed stays, also when the power fails.
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  max_connections: "60",
  shared_buffers: "16MB",
  wal_buffers: "1MB",
  work_mem: "4MB",
  maintenance_work_mem: "16MB",
  autovacuum_max_workers: "1",
  // Readers of pages beside the backends, helpers for large queries, a launcher for subscriptions: none is worth its memory.
  io_method: "sync",
  max_parallel_workers: "0",
  max_parallel_workers_per_gather: "0",
  max_parallel_maintenance_workers: "0",
  max_worker_processes: "0",
  max_logical_replication_workers: "0",
  jit: "off",
  // There are no standbys, so the log need not serve them.
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "512MB",
  min_wal_size: "32MB",
  timezone: "UTC",
  log_timezone: "UTC",
  log_destination: "stderr",
  logging_collector: "off",
  log_line_prefix: "",
  log_checkpoints: "off",
  // Failed statements are for those who sent them. What concerns the server itself comes at LOG, FATAL or PANIC.
  log_min_messages: "log",
  log_min_error_statement: "panic",
};
