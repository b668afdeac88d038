// has_*_privilege, pg_has_role, acldefault. Rights are the owner's and the superusers'; everyone reads the system catalogs and uses
// pg_catalog, information_schema and public.
#include <strings.h>

#include "catalog/functions/system_kernel.h"
#include "types/array.h"

namespace gather::catalog {

namespace {

bool IsName(SqlType type) { return type.oid == type_oid::kName || type.oid == type_oid::kText; }

const RoleEntry& RoleByName(const CatalogSnapshot& catalog, const std::string& name) {
  const RoleEntry* role = catalog.FindRole(name);
  if (role == nullptr) throw SqlError(sqlstate::kUndefinedObject, Format("role \"%s\" does not exist", name.c_str()));
  return *role;
}

// One call: the role asked about (first argument when there is one more than `objects` + 1), then the object's arguments, then privileges.
class Question {
 public:
  Question(FunctionContext& context, std::span<const Vector> arguments, uint32_t row, size_t objects)
      : context_(context), session_(SessionOf(context)), catalog_(session_.catalog_view()), arguments_(arguments), row_(row) {
    if (arguments.size() > objects + 1) {
      first_ = 1;
      if (!IsName(context.argument_types[0])) {
        role_ = catalog_->FindRole(At<Oid>(arguments[0], row));
      } else if (const std::string name = TextAt(arguments[0], row); name == "public") {
        is_public_ = true;
      } else {
        role_ = &RoleByName(*catalog_, name);
      }
    } else {
      role_ = catalog_->FindRole(session_.user_oid());
    }
  }

  const CatalogSnapshot& catalog() const { return *catalog_; }
  SessionServices& session() const { return session_; }
  bool ByName(size_t object) const { return IsName(context_.argument_types[first_ + object]); }
  std::string Name(size_t object) const { return TextAt(arguments_[first_ + object], row_); }
  Oid ObjectOid(size_t object) const { return At<Oid>(arguments_[first_ + object], row_); }
  int16_t Number(size_t object) const { return At<int16_t>(arguments_[first_ + object], row_); }

  // Checks the privilege words ("SELECT, INSERT WITH GRANT OPTION"); 22023 for one that is not in `known`. True when any is only for reading.
  bool ReadOnlyAsked(std::span<const std::string_view> known, std::string_view read) const {
    std::string_view rest = arguments_.back().View().get<StringRef>(row_).view();
    bool reads = false;
    while (true) {
      const size_t comma = rest.find(',');
      std::string word = Upper(rest.substr(0, comma));
      if (const size_t option = word.find(" WITH GRANT OPTION"); option != std::string::npos && option + 18 == word.size()) word.resize(option);
      bool found = false;
      for (std::string_view candidate : known) found |= candidate == word;
      if (!found) throw SqlError(sqlstate::kInvalidParameterValue, Format("unrecognized privilege type: \"%s\"", std::string(Trim(rest.substr(0, comma))).c_str()));
      reads |= word == read;
      if (comma == std::string_view::npos) return reads;
      rest.remove_prefix(comma + 1);
    }
  }

  bool Owns(Oid owner) const { return role_ != nullptr && (role_->superuser || role_->oid == owner); }
  bool IsSuperuser() const { return role_ != nullptr && role_->superuser; }
  const RoleEntry* role() const { return role_; }

 private:
  static std::string_view Trim(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
  }
  static std::string Upper(std::string_view text) {
    std::string upper(Trim(text));
    for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return upper;
  }

  FunctionContext& context_;
  SessionServices& session_;
  const CatalogRef catalog_;
  std::span<const Vector> arguments_;
  const uint32_t row_;
  size_t first_ = 0;
  const RoleEntry* role_ = nullptr;
  bool is_public_ = false;
};

// f(question) → 1, 0, or -1 for null.
template <class F>
void Ask(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result, size_t objects, F&& f) {
  ForValidRows(result, rows, [&](uint32_t row) {
    const Question question(context, arguments, row, objects);
    const int answer = f(question);
    if (answer < 0) result.SetNull(row); else result.data<uint8_t>()[row] = answer != 0;
  });
}

constexpr std::string_view kTableWords[] = {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "RULE"};
constexpr std::string_view kColumnWords[] = {"SELECT", "INSERT", "UPDATE", "REFERENCES"};
constexpr std::string_view kSequenceWords[] = {"USAGE", "SELECT", "UPDATE"};
constexpr std::string_view kDatabaseWords[] = {"CREATE", "CONNECT", "TEMPORARY", "TEMP"};
constexpr std::string_view kSchemaWords[] = {"CREATE", "USAGE"};
constexpr std::string_view kFunctionWords[] = {"EXECUTE"};
constexpr std::string_view kUsageWords[] = {"USAGE"};
constexpr std::string_view kCreateWords[] = {"CREATE"};
constexpr std::string_view kParameterWords[] = {"SET", "ALTER SYSTEM"};
constexpr std::string_view kRoleWords[] = {"MEMBER", "USAGE", "SET", "MEMBER WITH ADMIN OPTION", "USAGE WITH ADMIN OPTION"};

RelationRef RelationOf(const Question& q) {
  return q.ByName(0) ? NamesOf(q.session()).Relation(q.Name(0)) : q.catalog().FindRelation(q.ObjectOid(0));
}

int OnRelation(const Question& q, const RelationRef& relation, std::span<const std::string_view> words) {
  const bool reads = q.ReadOnlyAsked(words, "SELECT");
  if (relation == nullptr) return -1;
  if (relation->kind == RelationKind::kSystemView && !reads) return q.IsSuperuser();
  return relation->kind == RelationKind::kSystemView || q.Owns(relation->owner);
}

GATHER_SYSTEM_KERNEL(HasTablePrivilege) {
  Ask(context, arguments, rows, result, 1, [](const Question& q) { return OnRelation(q, RelationOf(q), kTableWords); });
}

GATHER_SYSTEM_KERNEL(HasAnyColumnPrivilege) {
  Ask(context, arguments, rows, result, 1, [](const Question& q) { return OnRelation(q, RelationOf(q), kColumnWords); });
}

GATHER_SYSTEM_KERNEL(HasSequencePrivilege) {
  Ask(context, arguments, rows, result, 1, [](const Question& q) {
    const RelationRef relation = RelationOf(q);
    if (relation != nullptr && relation->kind != RelationKind::kSequence) {
      throw SqlError(sqlstate::kWrongObjectType, Format("\"%s\" is not a sequence", relation->name.c_str()));
    }
    return OnRelation(q, relation, kSequenceWords);
  });
}

GATHER_SYSTEM_KERNEL(HasColumnPrivilege) {
  Ask(context, arguments, rows, result, 2, [](const Question& q) {
    const RelationRef relation = RelationOf(q);
    if (relation != nullptr && q.ByName(1)) {
      const std::string name = q.Name(1);
      if (relation->FindColumn(name) == nullptr) {
        throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" of relation \"%s\" does not exist", name.c_str(), relation->name.c_str()));
      }
    } else if (relation != nullptr) {
      const int16_t number = q.Number(1);
      if (number <= 0 || static_cast<size_t>(number) > relation->columns.size() || relation->column(ColumnId(number)).dropped) return -1;
    }
    return OnRelation(q, relation, kColumnWords);
  });
}

GATHER_SYSTEM_KERNEL(HasDatabasePrivilege) {
  Ask(context, arguments, rows, result, 1, [](const Question& q) {
    const DatabaseEntry* found = nullptr;
    for (const DatabaseEntry* database : q.catalog().Databases()) {
      if (q.ByName(0) ? database->name == q.Name(0) : database->oid == q.ObjectOid(0)) found = database;
    }
    const bool connects = q.ReadOnlyAsked(kDatabaseWords, "CONNECT") || q.ReadOnlyAsked(kDatabaseWords, "TEMP") || q.ReadOnlyAsked(kDatabaseWords, "TEMPORARY");
    if (found == nullptr) {
      if (q.ByName(0)) throw SqlError(sqlstate::kInvalidCatalogName, Format("database \"%s\" does not exist", q.Name(0).c_str()));
      return -1;
    }
    return static_cast<int>(connects || q.Owns(found->owner));
  });
}

GATHER_SYSTEM_KERNEL(HasSchemaPrivilege) {
  Ask(context, arguments, rows, result, 1, [](const Question& q) {
    const SchemaEntry* schema = q.ByName(0) ? q.catalog().FindSchema(q.Name(0)) : q.catalog().FindSchema(q.ObjectOid(0));
    const bool uses = q.ReadOnlyAsked(kSchemaWords, "USAGE");
    if (schema == nullptr) {
      if (q.ByName(0)) throw SqlError(sqlstate::kInvalidSchemaName, Format("schema \"%s\" does not exist", q.Name(0).c_str()));
      return -1;
    }
    const bool open = schema->oid == kPgCatalogSchema || schema->oid == kInformationSchema || schema->name == "public";
    return static_cast<int>((uses && open) || q.Owns(schema->owner));
  });
}

GATHER_SYSTEM_KERNEL(HasFunctionPrivilege) {
  Ask(context, arguments, rows, result, 1, [](const Question& q) {
    q.ReadOnlyAsked(kFunctionWords, "EXECUTE");
    const Oid oid = q.ByName(0) ? NamesOf(q.session()).OidOf(type_oid::kRegprocedure, q.Name(0)) : q.ObjectOid(0);
    return q.session().catalog().functions().FindFunction(oid) == nullptr ? -1 : 1;
  });
}

GATHER_SYSTEM_KERNEL(HasTypePrivilege) {
  Ask(context, arguments, rows, result, 1, [](const Question& q) {
    q.ReadOnlyAsked(kUsageWords, "USAGE");
    if (q.ByName(0)) return NamesOf(q.session()).TypeOid(q.Name(0)) != kInvalidOid ? 1 : 0;
    return NamesOf(q.session()).NameOf(type_oid::kRegtype, q.ObjectOid(0)).empty() ? -1 : 1;
  });
}

GATHER_SYSTEM_KERNEL(HasLanguagePrivilege) {
  Ask(context, arguments, rows, result, 1, [](const Question& q) {
    q.ReadOnlyAsked(kUsageWords, "USAGE");
    const bool exists = q.ByName(0) ? q.Name(0) == "internal" : q.ObjectOid(0) == 12;
    if (!exists && q.ByName(0)) throw SqlError(sqlstate::kUndefinedObject, Format("language \"%s\" does not exist", q.Name(0).c_str()));
    return exists ? static_cast<int>(q.IsSuperuser()) : -1;
  });
}

GATHER_SYSTEM_KERNEL(HasTablespacePrivilege) {
  Ask(context, arguments, rows, result, 1, [](const Question& q) {
    q.ReadOnlyAsked(kCreateWords, "CREATE");
    const bool exists = q.ByName(0) ? q.Name(0) == "pg_default" : q.ObjectOid(0) == 1663;
    if (!exists && q.ByName(0)) throw SqlError(sqlstate::kUndefinedObject, Format("tablespace \"%s\" does not exist", q.Name(0).c_str()));
    return exists ? static_cast<int>(q.Owns(kBootstrapRole)) : -1;
  });
}

GATHER_SYSTEM_KERNEL(HasParameterPrivilege) {
  Ask(context, arguments, rows, result, 1, [](const Question& q) {
    const bool sets = q.ReadOnlyAsked(kParameterWords, "SET");
    const SettingInfo* info = FindSetting(q.Name(0));
    return static_cast<int>(q.IsSuperuser() || (sets && info != nullptr && info->scope == SettingScope::kUser));
  });
}

GATHER_SYSTEM_KERNEL(HasRole) {
  Ask(context, arguments, rows, result, 1, [](const Question& q) {
    const RoleEntry* other = q.ByName(0) ? &RoleByName(q.catalog(), q.Name(0)) : q.catalog().FindRole(q.ObjectOid(0));
    q.ReadOnlyAsked(kRoleWords, "USAGE");
    return static_cast<int>(q.IsSuperuser() || (other != nullptr && q.role() != nullptr && other->oid == q.role()->oid));
  });
}

GATHER_SYSTEM_KERNEL(RowSecurityActive) {
  ForValidRows(result, rows, [&](uint32_t row) { result.data<uint8_t>()[row] = 0; });
}

// The rights an object has before any GRANT, as PostgreSQL writes them.
GATHER_SYSTEM_KERNEL(DefaultAcl) {
  const CatalogRef catalog = SessionOf(context).catalog_view();
  ForValidRows(result, rows, [&](uint32_t row) {
    const char kind = At<char>(arguments[0], row);
    const Oid oid = At<Oid>(arguments[1], row);
    const RoleEntry* role = catalog->FindRole(oid);
    const std::string owner = role == nullptr ? std::to_string(oid) : role->name;
    const char* everyone = "";
    const char* own = "";
    switch (kind) {
      case 'c': break;
      case 'r': own = "arwdDxt"; break;
      case 's': own = "rwU"; break;
      case 'd': everyone = "Tc", own = "CTc"; break;
      case 'f': everyone = "X", own = "X"; break;
      case 'l':
      case 'T': everyone = "U", own = "U"; break;
      case 'L': own = "rw"; break;
      case 'n': own = "UC"; break;
      case 'p': own = "sA"; break;
      case 't': own = "C"; break;
      case 'F':
      case 'S': own = "U"; break;
      default: throw SqlError(sqlstate::kInternalError, Format("unrecognized object type abbreviation: %c", kind));
    }
    ArrayBuilder builder(type_oid::kAclItem);
    if (*everyone != '\0') builder.Add("=" + std::string(everyone) + "/" + owner);
    if (*own != '\0') builder.Add(owner + "=" + own + "/" + owner);
    SetText(result, row, builder.Finish());
  });
}

using namespace type_oid;
const FunctionRow kRows[] = {
    // clang-format off
    {1922, "has_table_privilege", {kName, kText, kText}, kBool, HasTablePrivilege,
     "user privilege on relation by username, rel name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {1923, "has_table_privilege", {kName, kOid, kText}, kBool, HasTablePrivilege,
     "user privilege on relation by username, rel oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {1924, "has_table_privilege", {kOid, kText, kText}, kBool, HasTablePrivilege,
     "user privilege on relation by user oid, rel name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {1925, "has_table_privilege", {kOid, kOid, kText}, kBool, HasTablePrivilege,
     "user privilege on relation by user oid, rel oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {1926, "has_table_privilege", {kText, kText}, kBool, HasTablePrivilege,
     "current user privilege on relation by rel name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {1927, "has_table_privilege", {kOid, kText}, kBool, HasTablePrivilege,
     "current user privilege on relation by rel oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3024, "has_any_column_privilege", {kName, kText, kText}, kBool, HasAnyColumnPrivilege,
     "user privilege on any column by username, rel name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3025, "has_any_column_privilege", {kName, kOid, kText}, kBool, HasAnyColumnPrivilege,
     "user privilege on any column by username, rel oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3026, "has_any_column_privilege", {kOid, kText, kText}, kBool, HasAnyColumnPrivilege,
     "user privilege on any column by user oid, rel name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3027, "has_any_column_privilege", {kOid, kOid, kText}, kBool, HasAnyColumnPrivilege,
     "user privilege on any column by user oid, rel oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3028, "has_any_column_privilege", {kText, kText}, kBool, HasAnyColumnPrivilege,
     "current user privilege on any column by rel name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3029, "has_any_column_privilege", {kOid, kText}, kBool, HasAnyColumnPrivilege,
     "current user privilege on any column by rel oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3012, "has_column_privilege", {kName, kText, kText, kText}, kBool, HasColumnPrivilege,
     "user privilege on column by username, rel name, col name", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {3013, "has_column_privilege", {kName, kText, kInt2, kText}, kBool, HasColumnPrivilege,
     "user privilege on column by username, rel name, col attnum", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {3014, "has_column_privilege", {kName, kOid, kText, kText}, kBool, HasColumnPrivilege,
     "user privilege on column by username, rel oid, col name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3015, "has_column_privilege", {kName, kOid, kInt2, kText}, kBool, HasColumnPrivilege,
     "user privilege on column by username, rel oid, col attnum", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {3016, "has_column_privilege", {kOid, kText, kText, kText}, kBool, HasColumnPrivilege,
     "user privilege on column by user oid, rel name, col name", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {3017, "has_column_privilege", {kOid, kText, kInt2, kText}, kBool, HasColumnPrivilege,
     "user privilege on column by user oid, rel name, col attnum", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {3018, "has_column_privilege", {kOid, kOid, kText, kText}, kBool, HasColumnPrivilege,
     "user privilege on column by user oid, rel oid, col name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3019, "has_column_privilege", {kOid, kOid, kInt2, kText}, kBool, HasColumnPrivilege,
     "user privilege on column by user oid, rel oid, col attnum", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {3020, "has_column_privilege", {kText, kText, kText}, kBool, HasColumnPrivilege,
     "current user privilege on column by rel name, col name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3021, "has_column_privilege", {kText, kInt2, kText}, kBool, HasColumnPrivilege,
     "current user privilege on column by rel name, col attnum", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {3022, "has_column_privilege", {kOid, kText, kText}, kBool, HasColumnPrivilege,
     "current user privilege on column by rel oid, col name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3023, "has_column_privilege", {kOid, kInt2, kText}, kBool, HasColumnPrivilege,
     "current user privilege on column by rel oid, col attnum", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2181, "has_sequence_privilege", {kName, kText, kText}, kBool, HasSequencePrivilege,
     "user privilege on sequence by username, seq name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2182, "has_sequence_privilege", {kName, kOid, kText}, kBool, HasSequencePrivilege,
     "user privilege on sequence by username, seq oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2183, "has_sequence_privilege", {kOid, kText, kText}, kBool, HasSequencePrivilege,
     "user privilege on sequence by user oid, seq name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2184, "has_sequence_privilege", {kOid, kOid, kText}, kBool, HasSequencePrivilege,
     "user privilege on sequence by user oid, seq oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2185, "has_sequence_privilege", {kText, kText}, kBool, HasSequencePrivilege,
     "current user privilege on sequence by seq name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2186, "has_sequence_privilege", {kOid, kText}, kBool, HasSequencePrivilege,
     "current user privilege on sequence by seq oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2250, "has_database_privilege", {kName, kText, kText}, kBool, HasDatabasePrivilege,
     "user privilege on database by username, database name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2251, "has_database_privilege", {kName, kOid, kText}, kBool, HasDatabasePrivilege,
     "user privilege on database by username, database oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2252, "has_database_privilege", {kOid, kText, kText}, kBool, HasDatabasePrivilege,
     "user privilege on database by user oid, database name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2253, "has_database_privilege", {kOid, kOid, kText}, kBool, HasDatabasePrivilege,
     "user privilege on database by user oid, database oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2254, "has_database_privilege", {kText, kText}, kBool, HasDatabasePrivilege,
     "current user privilege on database by database name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2255, "has_database_privilege", {kOid, kText}, kBool, HasDatabasePrivilege,
     "current user privilege on database by database oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2268, "has_schema_privilege", {kName, kText, kText}, kBool, HasSchemaPrivilege,
     "user privilege on schema by username, schema name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2269, "has_schema_privilege", {kName, kOid, kText}, kBool, HasSchemaPrivilege,
     "user privilege on schema by username, schema oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2270, "has_schema_privilege", {kOid, kText, kText}, kBool, HasSchemaPrivilege,
     "user privilege on schema by user oid, schema name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2271, "has_schema_privilege", {kOid, kOid, kText}, kBool, HasSchemaPrivilege,
     "user privilege on schema by user oid, schema oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2272, "has_schema_privilege", {kText, kText}, kBool, HasSchemaPrivilege,
     "current user privilege on schema by schema name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2273, "has_schema_privilege", {kOid, kText}, kBool, HasSchemaPrivilege,
     "current user privilege on schema by schema oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2256, "has_function_privilege", {kName, kText, kText}, kBool, HasFunctionPrivilege,
     "user privilege on function by username, function name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2257, "has_function_privilege", {kName, kOid, kText}, kBool, HasFunctionPrivilege,
     "user privilege on function by username, function oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2258, "has_function_privilege", {kOid, kText, kText}, kBool, HasFunctionPrivilege,
     "user privilege on function by user oid, function name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2259, "has_function_privilege", {kOid, kOid, kText}, kBool, HasFunctionPrivilege,
     "user privilege on function by user oid, function oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2260, "has_function_privilege", {kText, kText}, kBool, HasFunctionPrivilege,
     "current user privilege on function by function name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2261, "has_function_privilege", {kOid, kText}, kBool, HasFunctionPrivilege,
     "current user privilege on function by function oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3138, "has_type_privilege", {kName, kText, kText}, kBool, HasTypePrivilege,
     "user privilege on type by username, type name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3139, "has_type_privilege", {kName, kOid, kText}, kBool, HasTypePrivilege,
     "user privilege on type by username, type oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3140, "has_type_privilege", {kOid, kText, kText}, kBool, HasTypePrivilege,
     "user privilege on type by user oid, type name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3141, "has_type_privilege", {kOid, kOid, kText}, kBool, HasTypePrivilege,
     "user privilege on type by user oid, type oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3142, "has_type_privilege", {kText, kText}, kBool, HasTypePrivilege,
     "current user privilege on type by type name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {3143, "has_type_privilege", {kOid, kText}, kBool, HasTypePrivilege, "current user privilege on type by type oid",
     true, Volatility::kStable, ParallelSafety::kRestricted},
    {2262, "has_language_privilege", {kName, kText, kText}, kBool, HasLanguagePrivilege,
     "user privilege on language by username, language name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2263, "has_language_privilege", {kName, kOid, kText}, kBool, HasLanguagePrivilege,
     "user privilege on language by username, language oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2264, "has_language_privilege", {kOid, kText, kText}, kBool, HasLanguagePrivilege,
     "user privilege on language by user oid, language name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2265, "has_language_privilege", {kOid, kOid, kText}, kBool, HasLanguagePrivilege,
     "user privilege on language by user oid, language oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2266, "has_language_privilege", {kText, kText}, kBool, HasLanguagePrivilege,
     "current user privilege on language by language name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2267, "has_language_privilege", {kOid, kText}, kBool, HasLanguagePrivilege,
     "current user privilege on language by language oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2390, "has_tablespace_privilege", {kName, kText, kText}, kBool, HasTablespacePrivilege,
     "user privilege on tablespace by username, tablespace name", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {2391, "has_tablespace_privilege", {kName, kOid, kText}, kBool, HasTablespacePrivilege,
     "user privilege on tablespace by username, tablespace oid", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {2392, "has_tablespace_privilege", {kOid, kText, kText}, kBool, HasTablespacePrivilege,
     "user privilege on tablespace by user oid, tablespace name", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {2393, "has_tablespace_privilege", {kOid, kOid, kText}, kBool, HasTablespacePrivilege,
     "user privilege on tablespace by user oid, tablespace oid", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {2394, "has_tablespace_privilege", {kText, kText}, kBool, HasTablespacePrivilege,
     "current user privilege on tablespace by tablespace name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2395, "has_tablespace_privilege", {kOid, kText}, kBool, HasTablespacePrivilege,
     "current user privilege on tablespace by tablespace oid", true, Volatility::kStable, ParallelSafety::kRestricted},
    {6205, "has_parameter_privilege", {kName, kText, kText}, kBool, HasParameterPrivilege,
     "user privilege on parameter by username, parameter name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {6206, "has_parameter_privilege", {kOid, kText, kText}, kBool, HasParameterPrivilege,
     "user privilege on parameter by user oid, parameter name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {6207, "has_parameter_privilege", {kText, kText}, kBool, HasParameterPrivilege,
     "current user privilege on parameter by parameter name", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2705, "pg_has_role", {kName, kName, kText}, kBool, HasRole, "user privilege on role by username, role name",
     true, Volatility::kStable, ParallelSafety::kRestricted},
    {2706, "pg_has_role", {kName, kOid, kText}, kBool, HasRole, "user privilege on role by username, role oid", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {2707, "pg_has_role", {kOid, kName, kText}, kBool, HasRole, "user privilege on role by user oid, role name", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {2708, "pg_has_role", {kOid, kOid, kText}, kBool, HasRole, "user privilege on role by user oid, role oid", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {2709, "pg_has_role", {kName, kText}, kBool, HasRole, "current user privilege on role by role name", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {2710, "pg_has_role", {kOid, kText}, kBool, HasRole, "current user privilege on role by role oid", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {3298, "row_security_active", {kOid}, kBool, RowSecurityActive,
     "row security for current context active on table by table oid", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {3299, "row_security_active", {kText}, kBool, RowSecurityActive,
     "row security for current context active on table by table name", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {3943, "acldefault", {kChar, kOid}, kAclItemArray, DefaultAcl,
     "show hardwired default privileges, primarily for use by the information schema", true, Volatility::kImmutable,
     ParallelSafety::kRestricted},
    // clang-format on
};

}  // namespace

void AddPrivilegeFunctions(FunctionTable& table) { AddRows(kRows, table); }

}  // namespace gather::catalog
