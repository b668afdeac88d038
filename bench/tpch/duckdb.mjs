// Medians of the 22 queries on DuckDB, as JSON: node duckdb.mjs DIR_WITH_TBL THREADS ROUNDS SCHEMA QUERY...
// @duckdb/node-api is looked up in NODE_PATH.
import {createRequire} from 'node:module';
import {readFileSync} from 'node:fs';
const {DuckDBInstance} = createRequire(process.env.NODE_PATH + '/x.js')('@duckdb/node-api');

const [directory, threads, rounds, schema, ...queries] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', {threads});
const connection = await instance.connect();
await connection.run(readFileSync(schema, 'utf8'));
for (const table of ['region', 'nation', 'supplier', 'customer', 'part', 'partsupp', 'orders', 'lineitem']) {
  await connection.run(`copy ${table} from '${directory}/${table}.tbl' (delimiter '|', header false)`);
}
const medians = [];
for (const file of queries) {
  const sql = readFileSync(file, 'utf8');
  const seconds = [];
  for (let i = 0; i < Number(rounds); ++i) {
    const begin = process.hrtime.bigint();
    await (await connection.runAndReadAll(sql)).getRows();
    seconds.push(Number(process.hrtime.bigint() - begin) / 1e9);
  }
  seconds.sort((a, b) => a - b);
  medians.push(seconds[seconds.length >> 1]);
}
console.log(JSON.stringify(medians));
