-- What psql users type in their first hour. Output: psql.out, made with PostgreSQL 15.
\set VERBOSITY default
create schema app;
create table app.customer (id int primary key, name varchar(40) not null, born date, balance numeric(12,2) default 0 check (balance >= 0));
create table item (id serial primary key, customer int not null, label text unique, tags text[], added timestamptz default '2024-02-29 12:00:00+00');
create index item_customer on item (customer, label);
create view rich as select id, name from app.customer where balance > 100;
create sequence ticket start 100 increment 5;
\dn
\dt
\dt app.*
\d app.customer
\d item
\di
\dv
\d rich
\ds
\d ticket
\du
\df initcap
insert into app.customer values (1, 'Ada', '1815-12-10', 250), (2, 'Brook', null, 0.5), (3, 'Chen', '1999-01-31', default);
insert into item (customer, label, tags) values (1, 'first', '{a,b}'), (1, 'second', null), (2, null, '{}') returning id, label, tags;
table app.customer;
select * from rich;
\pset null '(null)'
select id, label, tags, added from item order by id;
\x on
select * from item where id = 1;
\x off
\t on
select count(*) from item;
\t off
\a
select id, name from app.customer order by name desc;
\a
\copy app.customer to stdout csv header
\copy app.customer (id, name, balance) from pstdin
copy item (customer, label) from stdin (format csv);
3,"quoted, ""twice"""
\.
select customer, label from item where customer = 3;
select nextval('ticket'), nextval('ticket');
begin;
delete from item;
savepoint s;
insert into item (customer) values (null);
rollback to s;
select count(*) from item;
rollback;
select count(*) from item;
select 1 / 0;
\echo :SQLSTATE :LAST_ERROR_MESSAGE
select nothing from item;
selec 1;
insert into app.customer values (1, 'again');
insert into app.customer values (9, 'poor', null, -1);
select id, count(*) as n from item group by id order by id \gdesc
select 'x' as letter, 7 as number \gset
\echo :letter :number
prepare by_id (int) as select name from app.customer where id = $1;
execute by_id (3);
deallocate by_id;
\set AUTOCOMMIT off
update app.customer set balance = balance + 1;
rollback;
\set AUTOCOMMIT on
select sum(balance) from app.customer;
declare c cursor for select 1;
\set FETCH_COUNT 2
select id, name from app.customer order by id;
\unset FETCH_COUNT
show server_encoding;
\encoding
drop view rich;
drop table item, app.customer;
drop schema app;
\dt
