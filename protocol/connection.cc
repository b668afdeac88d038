#include "protocol/connection.h"

#include <new>

#include "protocol/bind_decoder.h"
#include "protocol/message_reader.h"
#include "protocol/responses.h"
#include "protocol/row_writer.h"

namespace gather::protocol {

namespace {
constexpr int32_t kProtocolVersion3 = 3 << 16;
constexpr int32_t kCancelRequest = 80877102;
constexpr int32_t kSslRequest = 80877103;
constexpr int32_t kGssEncRequest = 80877104;
constexpr size_t kFlushAt = 32 << 10;
constexpr size_t kKeptOutput = 256 << 10;
}  // namespace

SqlError CurrentError() {
  try {
    throw;
  } catch (const SqlError& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return SqlError(sqlstate::kOutOfMemory, "out of memory");
  } catch (const std::exception& error) {
    return SqlError(sqlstate::kInternalError, error.what());
  } catch (...) {
    return SqlError(sqlstate::kInternalError, "unknown internal error");
  }
}

// Writes what a statement yields as protocol messages.
class Connection::Sink final : public executor::ResultSink {
 public:
  Sink(Connection& connection, FrameReader& reader, std::vector<int16_t> formats)
      : connection_(connection), reader_(reader), rows_(std::move(formats), connection.session_->io()) {}

  void Describe(std::span<const sql::OutputColumn> columns) override {
    WriteRowDescription(connection_.out_, columns, {});
    rows_.Restart();
  }
  void Rows(const Chunk& rows, uint32_t first, uint32_t count) override {
    rows_.Write(rows, first, count, connection_.out_);
    connection_.FlushIfLarge();
  }
  void Complete(std::string_view tag) override { WriteCommandComplete(connection_.out_, tag); }
  void Suspended() override { connection_.out_.Message('s'); }
  void EmptyQuery() override { connection_.out_.Message('I'); }

  void BeginCopyIn(bool binary, int columns) override {
    WriteCopyResponse(connection_.out_, 'G', binary, columns);
    connection_.Flush();
  }
  bool ReadCopyData(std::string_view* data) override {
    for (;;) {
      Frame frame;
      while (!reader_.Next(&frame)) {
        connection_.session_->interrupt().Check();
        if (!connection_.transport_.Read(reader_)) {
          throw SqlError(sqlstate::kConnectionFailure, "unexpected EOF on client connection with an open transaction").Severity("FATAL");
        }
      }
      switch (frame.type) {
        case 'd': *data = frame.payload; return true;
        case 'c': return false;
        case 'f': {
          MessageReader reader(frame.payload);
          throw SqlError(sqlstate::kQueryCanceled, "COPY from stdin failed: " + std::string(reader.String()));
        }
        case 'H': case 'S': break;                   // allowed and ignored while copying
        default:
          throw SqlError(sqlstate::kProtocolViolation, Format("unexpected message type 0x%02X during COPY from stdin", static_cast<unsigned char>(frame.type)));
      }
    }
  }
  void BeginCopyOut(bool binary, int columns) override { WriteCopyResponse(connection_.out_, 'H', binary, columns); }
  void WriteCopyData(std::string_view row) override {
    connection_.out_.Begin('d');
    connection_.out_.Bytes(row);
    connection_.out_.End();
    connection_.FlushIfLarge();
  }
  void EndCopyOut() override { connection_.out_.Message('c'); }

 private:
  Connection& connection_;
  FrameReader& reader_;
  RowWriter rows_;
};

Connection::Connection(executor::Instance& instance, Transport& transport, std::string client_address, int32_t client_port)
    : instance_(instance), transport_(transport), client_address_(std::move(client_address)), client_port_(client_port) {}

Connection::~Connection() {
  session_.reset();
  if (slot_ != nullptr) instance_.sessions.Unregister(slot_->pid);
}

bool Connection::Process(FrameReader& reader) {
  try {
    Frame frame;
    while (state_ == State::kStartup && reader.NextStartup(&frame)) Startup(frame.payload);
    while (state_ != State::kClosed && state_ != State::kStartup && reader.Next(&frame)) Handle(frame, reader);
    reader.Shrink();
    Flush();
  } catch (...) {
    // Only what cannot be survived comes here: protocol violations of the frame layer, FATAL errors, a client that is gone.
    const SqlError error = CurrentError();
    if (error.state() != sqlstate::kConnectionFailure) {
      try {
        instance_.log(error.severity(), error.message());
        out_.Abandon();
        WriteError(out_, error, statement_text_);
        Flush();
      } catch (const SqlError&) {
        // The client left before it could read why.
      }
    } else {
      instance_.log("LOG", error.message());
    }
    state_ = State::kClosed;
  }
  return state_ != State::kClosed;
}

void Connection::Terminate(const SqlError& reason) {
  instance_.log(reason.severity(), reason.message());
  try {
    WriteError(out_, reason, {});
    Flush();
  } catch (const SqlError&) {
    // The client is gone: nothing to tell.
  }
  state_ = State::kClosed;
}

SqlError Connection::TerminationError() const {
  switch (slot_->terminate.load(std::memory_order_acquire)) {
    case executor::EndReason::kIdleInTransaction:
      return SqlError(SqlState{"25P03"}, "terminating connection due to idle-in-transaction timeout").Severity("FATAL");
    case executor::EndReason::kIdle: return SqlError(SqlState{"57P05"}, "terminating connection due to idle-session timeout").Severity("FATAL");
    default: return SqlError(sqlstate::kAdminShutdown, "terminating connection due to administrator command").Severity("FATAL");
  }
}

std::pair<int64_t, executor::EndReason> Connection::SilenceLimit() const {
  if (session_ == nullptr) return {0, executor::EndReason::kNone};
  const executor::StatementSettings& settings = session_->statement_settings();
  if (session_->transaction_status() != 'I') return {settings.idle_in_transaction_timeout, executor::EndReason::kIdleInTransaction};
  return {settings.idle_session_timeout, executor::EndReason::kIdle};
}

// ---- Start-up

void Connection::Startup(std::string_view payload) {
  MessageReader reader(payload);
  const int32_t code = reader.Int32();
  if (code == kSslRequest || code == kGssEncRequest) {
    out_.Byte('N');
    Flush();
    return;
  }
  if (code == kCancelRequest) {
    const int32_t pid = reader.Int32();
    const int32_t secret = reader.Int32();
    instance_.sessions.Cancel(pid, secret);
    state_ = State::kClosed;
    return;
  }
  if (code >> 16 != 3) {
    throw SqlError(sqlstate::kFeatureNotSupported,
                   Format("unsupported frontend protocol %d.%d: server supports 3.0 to 3.0", code >> 16, code & 0xffff)).Severity("FATAL");
  }
  executor::StartupOptions options;
  options.client_address = client_address_;
  options.client_port = client_port_;
  std::vector<std::string> unknown_options;
  try {
    for (;;) {
      const std::string name(reader.String());
      if (name.empty()) break;
      const std::string value(reader.String());
      if (name == "user") {
        options.user = value;
      } else if (name == "database") {
        options.database = value;
      } else if (name == "options") {
        // -c name=value and --name=value, blanks separate, backslash escapes (PostgreSQL's pg_split_opts).
        std::vector<std::string> words(1);
        for (size_t i = 0; i < value.size(); ++i) {
          if (value[i] == '\\' && i + 1 < value.size()) {
            words.back().push_back(value[++i]);
          } else if (std::isspace(static_cast<unsigned char>(value[i]))) {
            if (!words.back().empty()) words.emplace_back();
          } else {
            words.back().push_back(value[i]);
          }
        }
        for (size_t i = 0; i < words.size(); ++i) {
          std::string word = words[i];
          if (word.empty()) continue;
          if (word == "-c" && i + 1 < words.size()) {
            word = words[++i];
          } else if (word.starts_with("-c") || word.starts_with("--")) {
            word = word.substr(2);
          } else {
            throw SqlError(sqlstate::kSyntaxError, Format("invalid command-line argument for server process: %s", word.c_str())).Severity("FATAL");
          }
          const size_t equals = word.find('=');
          if (equals == std::string::npos) {
            throw SqlError(sqlstate::kSyntaxError, Format("-c %s requires a value", word.c_str())).Severity("FATAL");
          }
          std::string setting = word.substr(0, equals);
          std::replace(setting.begin(), setting.end(), '-', '_');
          options.settings.emplace_back(std::move(setting), word.substr(equals + 1));
        }
      } else if (name.starts_with("_pq_.")) {
        unknown_options.push_back(name);
      } else if (name != "replication") {
        options.settings.emplace_back(name, value);
      }
    }
  } catch (const SqlError& error) {
    if (error.severity() == "FATAL") throw;
    throw SqlError(sqlstate::kProtocolViolation, "invalid startup packet layout: expected terminator as last byte").Severity("FATAL");
  }
  if (options.user.empty()) {
    throw SqlError(sqlstate::kInvalidAuthorizationSpecification, "no PostgreSQL user name specified in startup packet").Severity("FATAL");
  }
  if (options.database.empty()) options.database = options.user;
  if ((code & 0xffff) > 0 || !unknown_options.empty()) {
    out_.Begin('v');                                  // NegotiateProtocolVersion
    out_.Int32(kProtocolVersion3);
    out_.Int32(static_cast<int32_t>(unknown_options.size()));
    for (const std::string& name : unknown_options) out_.String(name);
    out_.End();
  }
  Authenticated(std::move(options));
}

void Connection::Authenticated(executor::StartupOptions options) {
  slot_ = instance_.sessions.Register();
  try {
    session_ = std::make_unique<executor::Session>(instance_, slot_, std::move(options));
  } catch (SqlError& error) {
    throw SqlError(error.state(), error.message()).Detail(error.detail()).Hint(error.hint()).Severity("FATAL");
  }
  session_->SetNoticeHandler([this](const executor::SessionNotice& notice) {
    WriteNotice(out_, {notice.severity, notice.state, notice.message, notice.detail, notice.hint});
  });
  out_.Begin('R');
  out_.Int32(0);                                      // AuthenticationOk
  out_.End();
  for (const catalog::SettingInfo& setting : catalog::AllSettings()) {
    if (setting.reported) WriteParameterStatus(out_, setting.name, session_->settings().Show(setting.name));
  }
  WriteBackendKeyData(out_, slot_->pid, slot_->secret);
  state_ = State::kReady;
  WriteReadyForQuery(out_, session_->transaction_status());
}

// ---- Messages

void Connection::Handle(const Frame& frame, FrameReader& reader) {
  if (state_ == State::kSkipping && frame.type != 'S' && frame.type != 'X') return;
  switch (frame.type) {
    case 'Q': SimpleQuery(frame.payload, reader); break;
    case 'P': Guard([&] { Parse(frame.payload); }); break;
    case 'B': Guard([&] { Bind(frame.payload); }); break;
    case 'D': Guard([&] { Describe(frame.payload); }); break;
    case 'E': Guard([&] { Execute(frame.payload, reader); }); break;
    case 'C': Guard([&] { Close(frame.payload); }); break;
    case 'H': Flush(); break;
    case 'S': Sync(); break;
    case 'X': state_ = State::kClosed; break;
    case 'd': case 'c': case 'f': break;               // late copy data after a failed COPY: ignored
    case 'F': throw SqlError(sqlstate::kProtocolViolation, "fastpath function calls are not supported").Severity("FATAL");
    default: throw SqlError(sqlstate::kProtocolViolation, Format("invalid frontend message type %d", static_cast<unsigned char>(frame.type))).Severity("FATAL");
  }
}

void Connection::Report(const SqlError& error) {
  // An error without a way on ends the connection.
  if (error.severity() == "FATAL") throw error;
  instance_.log("ERROR", error.message() + (statement_text_.empty() ? "" : "; statement: " + statement_text_.substr(0, 1000)));
  session_->Failed();
  out_.Abandon();
  WriteError(out_, error, statement_text_);
}

void Connection::SimpleQuery(std::string_view payload, FrameReader& reader) {
  try {
    MessageReader message(payload);
    statement_text_ = message.String();
    message.End();
    session_->RunStatement(statement_text_, [&] {
      Sink sink(*this, reader, {});
      session_->SimpleQuery(statement_text_, sink);
    });
  } catch (...) {
    Report(CurrentError());
  }
  Ready();
}

void Connection::Guard(const std::function<void()>& work) {
  try {
    work();
    FlushIfLarge();
  } catch (...) {
    Report(CurrentError());
    state_ = State::kSkipping;
  }
}

void Connection::Parse(std::string_view payload) {
  MessageReader message(payload);
  const std::string name(message.String());
  statement_text_ = message.String();
  const auto count = static_cast<uint16_t>(message.Int16());
  std::vector<Oid> types;
  for (uint16_t i = 0; i < count; ++i) types.push_back(static_cast<Oid>(message.Int32()));
  message.End();
  session_->RunStatement(statement_text_, [&] { session_->Parse(name, statement_text_, std::move(types)); });
  out_.Message('1');
}

void Connection::Bind(std::string_view payload) {
  BindMessage message = ParseBind(payload);
  executor::PreparedStatement& statement = session_->FindStatement(message.statement);
  statement_text_ = statement.text;
  session_->RunStatement(statement_text_, [&] {
    if (session_->transaction_status() != 'E') session_->EnsureTransaction();
    std::vector<Datum> parameters = DecodeParameters(message, statement.parameter_types, session_->io());
    session_->Bind(message.portal, message.statement, std::move(parameters), std::move(message.result_formats));
  });
  out_.Message('2');
}

void Connection::Describe(std::string_view payload) {
  MessageReader message(payload);
  const uint8_t kind = message.Byte();
  const std::string name(message.String());
  message.End();
  if (kind == 'S') {
    executor::PreparedStatement& statement = session_->FindStatement(name);
    const std::vector<sql::OutputColumn>& columns = session_->DescribeStatement(statement);
    WriteParameterDescription(out_, statement.parameter_types);
    if (columns.empty()) out_.Message('n'); else WriteRowDescription(out_, columns, {});
  } else if (kind == 'P') {
    const executor::Portal& portal = session_->FindPortal(name);
    if (portal.columns.empty()) out_.Message('n'); else WriteRowDescription(out_, portal.columns, portal.formats);
  } else {
    throw SqlError(sqlstate::kProtocolViolation, Format("invalid DESCRIBE message subtype %d", kind));
  }
}

void Connection::Execute(std::string_view payload, FrameReader& reader) {
  MessageReader message(payload);
  const std::string name(message.String());
  const int32_t limit = message.Int32();
  message.End();
  executor::Portal& portal = session_->FindPortal(name);
  statement_text_ = portal.statement->text;
  session_->RunStatement(statement_text_, [&] {
    Sink sink(*this, reader, portal.formats);
    session_->Execute(portal, limit, sink);
  });
}

void Connection::Close(std::string_view payload) {
  MessageReader message(payload);
  const uint8_t kind = message.Byte();
  const std::string name(message.String());
  message.End();
  if (kind == 'S') {
    session_->CloseStatement(name);
  } else if (kind == 'P') {
    session_->ClosePortal(name);
  } else {
    throw SqlError(sqlstate::kProtocolViolation, Format("invalid CLOSE message subtype %d", kind));
  }
  out_.Message('3');
}

void Connection::Sync() {
  try {
    session_->Sync();
  } catch (...) {
    Report(CurrentError());
  }
  state_ = State::kReady;
  Ready();
}

void Connection::Ready() {
  session_->EndStatement();
  for (const auto& [name, value] : session_->TakeParameterReports()) WriteParameterStatus(out_, name, value);
  WriteReadyForQuery(out_, session_->transaction_status());
  FlushIfLarge();
}

void Connection::FlushIfLarge() {
  if (out_.buffer().size() >= kFlushAt) Flush();
}

void Connection::Flush() {
  if (out_.buffer().empty()) return;
  transport_.Write(out_.buffer());
  if (out_.buffer().capacity() > kKeptOutput) out_.buffer() = std::string(); else out_.buffer().clear();
}

}  // namespace gather::protocol
