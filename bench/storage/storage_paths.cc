// Times storage's paths without the floors above: loading and scanning a table like TPC-H's lineitem, fetching rows by id, looking keys up,
// beginning and ending transactions, locks, small commits. Prints one line each.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <thread>

#include "index/index_build.h"
#include "storage/scan.h"
#include "storage/storage.h"
#include "types/chunk.h"

namespace {

using namespace gather;
using namespace gather::storage;
using Clock = std::chrono::steady_clock;

double Seconds(Clock::time_point from) { return std::chrono::duration<double>(Clock::now() - from).count(); }

template <class Work>
double Best(int times, Work work) {
  double best = 1e9;
  for (int i = 0; i < times; ++i) {
    const auto from = Clock::now();
    work();
    best = std::min(best, Seconds(from));
  }
  return best;
}

const SqlType kMoney(type_oid::kNumeric, EncodeNumericTypmod(15, 2));
const SqlType kFlag(type_oid::kBpchar, 5);
// orderkey, quantity, extendedprice, discount, tax, returnflag, linestatus, shipdate, comment
const std::vector<StoredColumn> kColumns = {{ColumnId(1), type_oid::kInt8}, {ColumnId(2), kMoney}, {ColumnId(3), kMoney}, {ColumnId(4), kMoney}, {ColumnId(5), kMoney},
                                            {ColumnId(6), kFlag}, {ColumnId(7), kFlag}, {ColumnId(8), type_oid::kDate}, {ColumnId(9), type_oid::kText}};

Chunk MakeLines(std::mt19937& random, int64_t first, uint32_t rows) {
  Chunk chunk;
  for (const StoredColumn& column : kColumns) {
    if (column.type.oid == type_oid::kNumeric) {
      chunk.Add(Vector(column.type, PhysicalType::kInt64));
      chunk.vectors().back().set_shape({2, 15});
    } else {
      chunk.Add(Vector(column.type));
    }
  }
  for (uint32_t i = 0; i < rows; ++i) {
    chunk[0].data<int64_t>()[i] = (first + i) / 4;
    chunk[1].data<int64_t>()[i] = (1 + random() % 50) * 100;
    chunk[2].data<int64_t>()[i] = 90000 + random() % 10400000;
    chunk[3].data<int64_t>()[i] = random() % 11;
    chunk[4].data<int64_t>()[i] = random() % 9;
    chunk[5].data<StringRef>()[i] = StringRef(&"ANR"[random() % 3], 1);
    chunk[6].data<StringRef>()[i] = StringRef(&"OF"[random() % 2], 1);
    chunk[7].data<int32_t>()[i] = static_cast<int32_t>(random() % 2526) - 2900;
    chunk[8].data<StringRef>()[i] = chunk[8].AddString("carefully final deposits " + std::to_string(random() % 100000));
  }
  chunk.set_rows(rows);
  return chunk;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Times storage's paths");
  uint64_t rows = 6000000;
  std::string directory = "/tmp/gather_bench_storage";
  app.add_option("--rows", rows, "rows of the table");
  app.add_option("--directory", directory, "data directory, removed afterwards");
  CLI11_PARSE(app, argc, argv);
  std::filesystem::remove_all(directory);

  {
    StorageOptions options;
    options.directory = directory;
    Storage storage(options);
    InterruptFlag interrupt;
    auto transaction = storage.transactions().Begin();
    auto table = storage.CreateTable(*transaction, storage.NewStorageId(), kColumns);
    std::mt19937 random(1);
    std::vector<Chunk> chunks;
    for (int i = 0; i < 64; ++i) chunks.push_back(MakeLines(random, i * 2048, kVectorSize));
    std::vector<RowId> ids(rows + kVectorSize);
    auto from = Clock::now();
    for (uint64_t done = 0; done < rows; done += kVectorSize) table->Insert(*transaction, kColumns, chunks[done / kVectorSize % 64], ids.data() + done);
    transaction->Commit();
    double seconds = Seconds(from);
    const TableStatistics statistics = table->statistics();
    std::printf("bulk insert       %8.1f ms  %6.2f M rows/s  %6.1f MB\n", seconds * 1e3, static_cast<double>(rows) / seconds / 1e6, static_cast<double>(statistics.bytes) / 1e6);

    std::vector<ScanColumn> columns;
    for (const StoredColumn& column : kColumns) columns.push_back({column.id, column.type, {}});
    const Snapshot snapshot = storage.transactions().Latest();
    const auto scan_columns = [&](const std::vector<uint32_t>& positions) {
      TableScan scan(table, snapshot, columns);
      ScanCursor cursor(scan);
      Vector out;
      for (uint64_t v = 0; v < scan.vectors(); ++v) {
        if (cursor.Open(v) == 0) continue;
        for (const uint32_t position : positions) cursor.Read(position, out);
      }
    };
    from = Clock::now();
    scan_columns({0, 1, 2, 3, 4, 5, 6, 7, 8});
    std::printf("first scan        %8.1f ms  all columns, from disk\n", Seconds(from) * 1e3);
    const char* names[] = {"orderkey", "quantity", "price", "discount", "tax", "returnflag", "linestatus", "shipdate", "comment"};
    for (uint32_t c = 0; c < 9; ++c) {
      seconds = Best(5, [&] { scan_columns({c}); });
      std::printf("scan %-12s %8.2f ms  %6.3f ns/value\n", names[c], seconds * 1e3, seconds * 1e9 / static_cast<double>(rows));
    }
    seconds = Best(5, [&] { scan_columns({1, 2, 3, 4, 5, 6, 7}); });
    std::printf("scan Q1, all rows %8.2f ms\n", seconds * 1e3);
    const auto scan_q1 = [&](int32_t limit) {
      TableScan scan(table, snapshot, columns);
      ScanCursor cursor(scan);
      Vector date, out;
      Selection selection;
      for (uint64_t v = 0; v < scan.vectors(); ++v) {
        const uint32_t count = cursor.Open(v);
        if (count == 0) continue;
        cursor.Read(7, date);
        selection.Renew();
        const VectorView view = date.View();
        uint32_t kept = 0;
        RowIndex* to = selection.data();
        for (uint32_t i = 0; i < count; ++i) {
          to[kept] = i;
          kept += view.get<int32_t>(i) <= limit;
        }
        selection.set_size(kept);
        for (const uint32_t position : {1u, 2u, 3u, 4u, 5u, 6u}) cursor.Read(position, selection, out);
      }
    };
    seconds = Best(5, [&] { scan_q1(-2900 + 2470); });
    std::printf("scan Q1, filtered %8.2f ms  98 %% of rows kept\n", seconds * 1e3);
    seconds = Best(5, [&] { scan_q1(-2900 + 50); });
    std::printf("scan, 2 %% kept    %8.2f ms\n", seconds * 1e3);

    Chunk out;
    Selection found;
    constexpr int kFetches = 200000;
    const auto fetch = [&](std::span<const ScanColumn> wanted) {
      return Best(3, [&] {
               for (int i = 0; i < kFetches; ++i) {
                 const RowId id = ids[random() % rows];
                 table->Fetch(snapshot, std::span(&id, 1), wanted, out, found);
               }
             }) / kFetches * 1e9;
    };
    std::printf("fetch 1 column    %8.0f ns\n", fetch(std::span(columns).subspan(2, 1)));
    std::printf("fetch 9 columns   %8.0f ns\n", fetch(columns));

    index::OrderedIndex index(storage, {index::IndexId(storage.NewStorageId().value), true, true, {type_oid::kInt8}, {SortOrder()}});
    transaction = storage.transactions().Begin();
    from = Clock::now();
    index::IndexBuild build(index, storage, *transaction, *table, 1, uint64_t{256} << 20, directory + "/temp");
    for (uint64_t done = 0; done < rows; done += kVectorSize) {
      std::vector<Vector> keys(1, Vector(type_oid::kInt8));
      for (uint32_t i = 0; i < kVectorSize; ++i) keys[0].data<int64_t>()[i] = static_cast<int64_t>((done + i) * 7919 % (rows + kVectorSize));
      build.Add(0, keys, std::span(ids).subspan(done, kVectorSize));
    }
    build.Close(0);
    for (uint32_t i = 0, ranges = build.Divide(1); i < ranges; ++i) build.Write(i);
    transaction->Commit();
    std::printf("build index       %8.1f ms\n", Seconds(from) * 1e3);
    std::vector<RowId> row;
    seconds = Best(3, [&] {
      for (int i = 0; i < kFetches; ++i) {
        const Datum key = Datum::Int8(static_cast<int64_t>(random() % rows));
        index.Lookup(nullptr, std::span(&key, 1), &row);
      }
    });
    std::printf("index lookup      %8.0f ns\n", seconds / kFetches * 1e9);

    seconds = Best(3, [&] {
      for (int i = 0; i < kFetches; ++i) {
        auto reader = storage.transactions().Begin();
        reader->TakeSnapshot();
        reader->Commit();
      }
    });
    std::printf("begin, snapshot, commit %5.0f ns\n", seconds / kFetches * 1e9);
    LockOwner owner(storage.locks(), TransactionId(1), 1);
    seconds = Best(3, [&] {
      for (int i = 0; i < kFetches; ++i) {
        owner.Lock({LockTag::Kind::kRelation, 16384, 0}, LockMode::kAccessShare, interrupt);
        owner.ReleaseAll();
      }
    });
    std::printf("lock and unlock   %8.0f ns\n", seconds / kFetches * 1e9);

    for (const int threads : {1, 4, 16}) {
      std::vector<std::thread> writers;
      constexpr int kCommits = 2000;
      from = Clock::now();
      for (int t = 0; t < threads; ++t) {
        writers.emplace_back([&, t] {
          std::mt19937 own(t);
          const Chunk line = MakeLines(own, 0, 1);
          RowId id;
          for (int i = 0; i < kCommits / threads; ++i) {
            auto writer = storage.transactions().Begin();
            table->Insert(*writer, kColumns, line, &id);
            writer->Commit();
          }
        });
      }
      for (std::thread& writer : writers) writer.join();
      std::printf("small commits, %2d threads %8.0f per second\n", threads, kCommits / Seconds(from));
    }
  }
  std::filesystem::remove_all(directory);
  return 0;
}
