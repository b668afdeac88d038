// What belongs to the server rather than to one schema: databases, roles, tablespaces, schemas, settings, time zones.
#include "catalog/setting_values.h"
#include "catalog/system_views/rows.h"
#include "types/datetime.h"
#include "types/timezone.h"

namespace gather::catalog {

void PgNamespace(const SystemViewContext& context, RowWriter& out) {
  for (const SchemaEntry* schema : context.catalog.Schemas()) out.OfOid(schema->oid).Text(schema->name).OfOid(schema->owner).Null();
}

void PgDatabase(const SystemViewContext& context, RowWriter& out) {
  constexpr int32_t kUtf8 = 6;
  for (const DatabaseEntry* database : context.catalog.Databases()) {
    out.OfOid(database->oid).Text(database->name).OfOid(database->owner).Int4(kUtf8).Char('c').Bool(database->is_template);
    out.Bool(database->allow_connections).Int4(database->connection_limit);
    out.OfOid(0).OfOid(0).OfOid(kDefaultTablespace).Text("C").Text("C").Nulls(3);
  }
}

void PgTablespace(const SystemViewContext&, RowWriter& out) { out.OfOid(kDefaultTablespace).Text("pg_default").OfOid(kBootstrapRole).Nulls(2); }

namespace {
void Password(const RoleEntry& role, RowWriter& out) {
  if (role.password.empty()) out.Null(); else out.Text("********");
}
}  // namespace

void PgAuthid(const SystemViewContext& context, RowWriter& out) {
  for (const RoleEntry* role : context.catalog.Roles()) {
    out.OfOid(role->oid).Text(role->name).Bool(role->superuser).Bool(role->inherit).Bool(role->create_role).Bool(role->create_db).Bool(role->can_login);
    out.Bool(role->replication).Bool(role->bypass_rls).Int4(role->connection_limit);
    if (role->password.empty()) out.Null(); else out.Text(role->password);
    out.Null();
  }
}

void PgRoles(const SystemViewContext& context, RowWriter& out) {
  for (const RoleEntry* role : context.catalog.Roles()) {
    out.Text(role->name).Bool(role->superuser).Bool(role->inherit).Bool(role->create_role).Bool(role->create_db).Bool(role->can_login);
    out.Bool(role->replication).Int4(role->connection_limit).Text("********").Null().Bool(role->bypass_rls).Null().OfOid(role->oid);
  }
}

void PgShadow(const SystemViewContext& context, RowWriter& out) {
  for (const RoleEntry* role : context.catalog.Roles()) {
    if (!role->can_login) continue;
    out.Text(role->name).OfOid(role->oid).Bool(role->create_db).Bool(role->superuser).Bool(role->replication).Bool(role->bypass_rls);
    if (role->password.empty()) out.Null(); else out.Text(role->password);
    out.Nulls(2);
  }
}

void PgUser(const SystemViewContext& context, RowWriter& out) {
  for (const RoleEntry* role : context.catalog.Roles()) {
    if (!role->can_login) continue;
    out.Text(role->name).OfOid(role->oid).Bool(role->create_db).Bool(role->superuser).Bool(role->replication).Bool(role->bypass_rls);
    Password(*role, out);
    out.Nulls(2);
  }
}

void PgGroup(const SystemViewContext& context, RowWriter& out) {
  for (const RoleEntry* role : context.catalog.Roles()) {
    if (!role->can_login) out.Text(role->name).OfOid(role->oid).Oids({});
  }
}

namespace {
const char* ScopeName(SettingScope scope) {
  switch (scope) {
    case SettingScope::kInternal: return "internal";
    case SettingScope::kPostmaster: return "postmaster";
    case SettingScope::kSighup: return "sighup";
    case SettingScope::kSuperuser: return "superuser";
    case SettingScope::kUser: return "user";
  }
  return "user";
}
const char* TypeName(SettingType type) {
  switch (type) {
    case SettingType::kBool: return "bool";
    case SettingType::kInteger: return "integer";
    case SettingType::kReal: return "real";
    case SettingType::kString: return "string";
    case SettingType::kEnum: return "enum";
  }
  return "string";
}
}  // namespace

void PgSettings(const SystemViewContext& context, RowWriter& out) {
  for (const Settings::Row& row : context.session.settings().All()) {
    const SettingInfo& info = *row.info;
    out.Text(info.name).Text(row.value);
    if (info.unit.empty()) out.Null(); else out.Text(info.unit);
    out.Text(info.category).Text(info.doc).Null().Text(ScopeName(info.scope)).Text(TypeName(info.type)).Text(row.source);
    if (info.type == SettingType::kInteger) {
      out.Text(Format("%.0f", info.minimum)).Text(Format("%.0f", info.maximum));
    } else if (info.type == SettingType::kReal) {
      out.Text(Format("%g", info.minimum)).Text(Format("%g", info.maximum));
    } else {
      out.Nulls(2);
    }
    if (info.values.empty()) out.Null(); else out.Texts(std::vector<std::string>(info.values.begin(), info.values.end()));
    out.Text(ParseSetting(info, info.default_value, {}).text).Text(row.reset_value).Nulls(2).Bool(false);
  }
}

namespace {
Datum OffsetInterval(int32_t seconds) {
  Interval interval;
  interval.micros = seconds * kMicrosPerSecond;
  return Datum::Of(type_oid::kInterval, interval);
}
int64_t UnixNow() { return NowMicros() / kMicrosPerSecond + kUnixToPostgresSeconds; }
}  // namespace

void PgTimezoneNames(const SystemViewContext&, RowWriter& out) {
  const int64_t now = UnixNow();
  for (const std::string& name : TimeZone::AllNames()) {
    const std::shared_ptr<const TimeZone> zone = TimeZone::Find(name);
    if (zone == nullptr) continue;
    const TimeZone::Local local = zone->At(now);
    out.Text(name).Text(local.abbreviation).Add(OffsetInterval(local.offset)).Bool(local.daylight);
  }
}

void PgTimezoneAbbrevs(const SystemViewContext&, RowWriter& out) {
  const int64_t now = UnixNow();
  for (const TimeZoneAbbreviation& row : TimeZoneAbbreviations()) {
    std::string upper = row.name;
    for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    TimeZone::Local local{row.offset, row.daylight, row.name};
    if (row.zone != nullptr) {
      const std::shared_ptr<const TimeZone> zone = TimeZone::Find(row.zone);
      if (zone != nullptr) zone->MeaningOf(upper, now, &local);
    }
    out.Text(upper).Add(OffsetInterval(local.offset)).Bool(local.daylight);
  }
}

}  // namespace gather::catalog
