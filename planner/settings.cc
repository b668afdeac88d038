// The settings that planning depends on, out of a session's settings.
#include <algorithm>

#include "planner/plan.h"
#include "types/machine.h"

namespace gather::planner {

PlannerSettings ReadPlannerSettings(const catalog::Settings& settings) {
  PlannerSettings out;
  const auto number = [&settings](const char* name) { return static_cast<int>(settings.GetInteger(name)); };
  out.max_parallel_workers_per_gather = number("max_parallel_workers_per_gather");
  out.max_parallel_workers = number("max_parallel_workers");
  out.parallel_leader_participation = settings.GetBool("parallel_leader_participation");
  out.debug_parallel_query = settings.GetString("debug_parallel_query") != "off";
  out.enable_parallel_query = settings.GetBool("enable_parallel_query");
  out.parallel_threshold = static_cast<int64_t>(std::min(settings.GetReal("parallel_threshold"), 1e18));
  out.parallel_setup_cost = settings.GetReal("parallel_setup_cost");
  out.parallel_tuple_cost = settings.GetReal("parallel_tuple_cost");
  out.seq_page_cost = settings.GetReal("seq_page_cost");
  out.random_page_cost = settings.GetReal("random_page_cost");
  out.cpu_tuple_cost = settings.GetReal("cpu_tuple_cost");
  out.cpu_index_tuple_cost = settings.GetReal("cpu_index_tuple_cost");
  out.cpu_operator_cost = settings.GetReal("cpu_operator_cost");
  out.work_mem = settings.GetInteger("work_mem") * 1024;
  out.enable_seqscan = settings.GetBool("enable_seqscan");
  out.enable_indexscan = settings.GetBool("enable_indexscan");
  out.enable_bitmapscan = settings.GetBool("enable_bitmapscan");
  out.enable_hashjoin = settings.GetBool("enable_hashjoin");
  out.enable_mergejoin = settings.GetBool("enable_mergejoin");
  out.enable_nestloop = settings.GetBool("enable_nestloop");
  out.enable_hashagg = settings.GetBool("enable_hashagg");
  out.enable_sort = settings.GetBool("enable_sort");
  out.enable_gathermerge = settings.GetBool("enable_gathermerge");
  out.enable_parallel_hash = settings.GetBool("enable_parallel_hash");
  out.enable_parallel_append = settings.GetBool("enable_parallel_append");
  out.enable_incremental_sort = settings.GetBool("enable_incremental_sort");
  out.enable_indexonlyscan = settings.GetBool("enable_indexonlyscan");
  out.enable_memoize = settings.GetBool("enable_memoize");
  if (!settings.IsDefault("min_parallel_table_scan_size")) out.min_parallel_table_scan_size = settings.GetInteger("min_parallel_table_scan_size") * 8192;
  out.min_parallel_index_scan_size = settings.GetInteger("min_parallel_index_scan_size") * 8192;
  out.cores = ThisMachine().cores;
  // PostgreSQL's defaults keep its own search short: they don't bind ours.
  const auto limit = [&](const char* name) { return settings.IsDefault(name) ? 0 : number(name); };
  out.join_collapse_limit = limit("join_collapse_limit");
  out.from_collapse_limit = limit("from_collapse_limit");
  out.geqo_threshold = limit("geqo_threshold");
  out.geqo = settings.GetBool("geqo");
  return out;
}

}  // namespace gather::planner
