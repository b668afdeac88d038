// node-postgres: text results, server-side parameters, named prepared statements.
const assert = require('assert');
const {Client, Pool} = require('pg');

const VALUES = [
  ['bool', true, true], ['int2', -32768, -32768], ['int4', 2147483647, 2147483647],
  ['int8', '-9223372036854775808', '-9223372036854775808'], ['float4', 1.5, 1.5], ['float8', 0.1, 0.1],
  ['numeric', '12345678901234567890.0123456789', '12345678901234567890.0123456789'], ['text', "Grüße, 世界 ' \\", "Grüße, 世界 ' \\"],
  ['varchar(5)', 'abc', 'abc'], ['char(3)', 'a', 'a  '], ['bytea', Buffer.from([0, 1, 255]), Buffer.from([0, 1, 255])],
  ['time', '23:59:59.999999', '23:59:59.999999'], ['timetz', '01:02:03+05:30', '01:02:03+05:30'],
  ['timestamptz', new Date('2024-06-01T12:00:00Z'), new Date('2024-06-01T12:00:00Z')],
  ['uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'], ['oid', 4294967295, 4294967295],
  ['name', 'somebody', 'somebody'], ['int4[]', [1, null, 3], [1, null, 3]], ['text[]', ['a', 'b "c"', null, ''], ['a', 'b "c"', null, '']],
  ['bool[]', [true, false], [true, false]], ['float8[]', [1.5, -2], [1.5, -2]],
];

async function fails(promise, code) {
  await assert.rejects(promise, (error) => (assert.strictEqual(error.code, code), true));
}

(async () => {
  const client = new Client();
  await client.connect();
  for (const [type, given, wanted] of VALUES) {
    const result = await client.query(`select $1::${type} as v, $2::${type} as nothing`, [given, null]);
    assert.deepStrictEqual(result.rows[0], {v: wanted, nothing: null}, type);
  }
  const interval = (await client.query("select $1::interval as v", ['1 year 2 days 03:04:05'])).rows[0].v;
  assert.strictEqual(interval.toPostgres(), '5 seconds 4 minutes 3 hours 2 days 1 years');
  const date = (await client.query("select $1::date as v", ['2024-02-29'])).rows[0].v;
  assert.strictEqual([date.getFullYear(), date.getMonth() + 1, date.getDate()].join('-'), '2024-2-29');

  const several = await client.query('create table t (id int primary key, name text); insert into t values (1, \'a\'); select * from t');
  assert.deepStrictEqual(several.map((r) => r.command), ['CREATE', 'INSERT', 'SELECT']);
  assert.strictEqual((await client.query('insert into t values ($1, $2), ($3, $4)', [2, 'b', 3, null])).rowCount, 2);
  for (let i = 1; i <= 3; ++i) {
    const result = await client.query({name: 'by-id', text: 'select name from t where id = $1', values: [i], rowMode: 'array'});
    assert.deepStrictEqual(result.rows, [[[null, 'a', 'b', null][i]]]);
  }
  assert.deepStrictEqual((await client.query('select id, name from t')).fields.map((f) => [f.name, f.dataTypeID]), [['id', 23], ['name', 25]]);

  await client.query('begin');
  await client.query('delete from t');
  await fails(client.query('insert into t values ($1)', [null]), '23502');
  await fails(client.query('select 1'), '25P02');
  await client.query('rollback');
  assert.strictEqual((await client.query('select count(*)::int as n from t')).rows[0].n, 3);
  await fails(client.query('insert into t values (1)'), '23505');
  await fails(client.query('select 1 / $1::int', [0]), '22012');
  await fails(client.query('selec'), '42601');
  await fails(client.query('select * from nowhere'), '42P01');
  await fails(client.query('select $1::int', ['x']), '22P02');

  const canceller = new Client();
  await canceller.connect();
  setTimeout(() => canceller.query('select pg_cancel_backend($1)', [client.processID]), 300);
  await fails(client.query('select count(*) from generate_series(1, 100000000000)'), '57014');
  await canceller.end();

  const notices = [];
  client.on('notice', (notice) => notices.push(notice.message));
  await client.query('drop table if exists nowhere');
  assert.deepStrictEqual(notices, ['table "nowhere" does not exist, skipping']);
  await client.query('drop table t');
  await client.end();

  const pool = new Pool({max: 5});
  const answers = await Promise.all([...Array(50).keys()].map((i) => pool.query('select $1::int * 2 as v', [i])));
  assert.deepStrictEqual(answers.map((a) => a.rows[0].v), [...Array(50).keys()].map((i) => i * 2));
  await pool.end();
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
