// Medians of queries on DuckDB. Reads {threads, rounds, setup: [sql], queries: [sql]} from standard input, writes [{seconds, rows}] as JSON.
// @duckdb/node-api is looked up in NODE_PATH; side_by_side.duckdb calls this.
import {createRequire} from 'node:module';
import {readFileSync} from 'node:fs';
const {DuckDBInstance} = createRequire(process.env.NODE_PATH + '/x.js')('@duckdb/node-api');

const {threads, rounds, setup, queries} = JSON.parse(readFileSync(0, 'utf8'));
const instance = await DuckDBInstance.create(':memory:', {threads: String(threads)});
const connection = await instance.connect();
for (const sql of setup) await connection.run(sql);
const results = [];
for (const sql of queries) {
  const seconds = [];
  let rows;
  for (let i = 0; i < rounds; ++i) {
    const begin = process.hrtime.bigint();
    const reader = await connection.runAndReadAll(sql);
    rows = reader.getRows();
    seconds.push(Number(process.hrtime.bigint() - begin) / 1e9);
  }
  seconds.sort((a, b) => a - b);
  results.push({seconds: seconds[seconds.length >> 1], rows: rows.slice(0, 10).map((row) => row.map(String))});
}
console.log(JSON.stringify(results));
