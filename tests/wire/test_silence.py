"""A client that is silent for longer than it may be is told so and disconnected; its transaction's locks go with it."""
import time

from protocol import Wire, error_of, query, rows_of


def test_idle_in_transaction(server):
    with Wire(server) as silent, Wire(server) as other:
        other.ask(query("create table if not exists silence (a int)"))
        silent.ask(query("set idle_in_transaction_session_timeout = '300ms'"))
        silent.ask(query("begin; lock table silence"))
        other.ask(query("select count(*) from silence"))                     # waits for the lock
        assert error_of(silent.until("never")) == "25P03"
        other.ask(query("drop table silence"))


def test_idle(server):
    for limit in ("50ms", "400ms"):
        with Wire(server) as silent:
            silent.ask(query(f"set idle_session_timeout = '{limit}'"))
            assert error_of(silent.until("never")) == "57P05", limit


def test_work_keeps_a_session_alive(server):
    with Wire(server) as wire:
        wire.ask(query("set idle_session_timeout = '400ms'"))
        for _ in range(6):
            time.sleep(0.1)
            assert rows_of(wire.ask(query("select 1"))) == [(b"1",)]
        wire.ask(query("begin"))
        time.sleep(0.6)                                                      # the limit inside a transaction is the other one
        assert rows_of(wire.ask(query("select 1"))) == [(b"1",)]
        wire.ask(query("commit"))
