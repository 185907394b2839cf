"""Audits of machines: every line kept, counters as they stand, differences between readings."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput, WorkbenchError
from core.store.imports.dex import Counters, is_audit, read_audits
from core.store.imports.dex_sales import Sold, sold_between

AUDIT = b"""DXS*AAA1234567*VA*V0/6*1
ST*001*0001
ID1*SER0042*MODEL 7*01*0*x*LIB-17
ID4*1*978*EUR
ID5*20260302*181500
VA1*930*14*930*14
XY9*anything*goes
PA1*A1*15*COLA ZERO  *
PA2*10*150*4*60
PA3*1*0
PA4*2*0
PA1*A2*20*
PA2*4*80
PA1*A3*0**
PA2*0*0*0*0
SE*14*0001
DXE*1*1
"""


def test_an_audit_is_read_with_its_decimals():
    """One decimal: 15 is 1.50. Names are trimmed, an unused selection is told from one without a name."""
    audit = read_audits(AUDIT)[0]
    assert (audit.serial, audit.asset, audit.machine, audit.model) == ("SER0042", "LIB-17", "LIB-17", "MODEL 7")
    assert (audit.currency, audit.decimals, audit.read_at) == ("EUR", 1, datetime(2026, 3, 2, 18, 15))
    assert (audit.units, audit.value_e4) == (14, 930_000)
    first, second, third = audit.selections
    assert (first.label, first.name, first.price_e4) == ("A1", "COLA ZERO", 15_000)
    assert first.counters == Counters(10, 150_000, 4, 60_000)
    assert (first.test_vends, first.free_vends) == (1, 2)
    assert (second.name, second.counters) == ("", Counters(4, 80_000, None, None))
    assert [s.is_used for s in (first, second, third)] == [True, True, False]


def test_unknown_blocks_are_kept():
    """Every line is there, in order."""
    audit = read_audits(AUDIT)[0]
    assert ["*".join((b.kind, *b.fields)) for b in audit.blocks] == AUDIT.decode().splitlines()


@pytest.mark.parametrize(
    ("block", "moment"),
    [
        ("ID5*260302*1815", datetime(2026, 3, 2, 18, 15)), ("ID5*20260302*181507", datetime(2026, 3, 2, 18, 15, 7)),
        ("TA1*02-03-2026*18:15:07*0*CET", datetime(2026, 3, 2, 18, 15, 7)), ("ID5*20261340*9999", None),
        ("EA3*2*260302*1815*0*260201*1342", datetime(2026, 3, 2, 18, 15)), ("ID5**", None),
    ],
)
def test_the_clock_of_the_machine_is_read_in_its_ways(block, moment):
    """Two or four digits of the year, with and without seconds, and the log of readings where it has no clock."""
    assert read_audits(f"DXS*1*VA\n{block}\n".encode())[0].read_at == moment


def test_bad_blocks_are_told_by_line():
    """A counter with letters, a selection twice and one without a number; the rest is read."""
    text = b"DXS*1\nPA1*1*100*A\nPA2*x*0\nPA1*1*100*B\nPA2*9*9\nPA1**100*C\nPA1*2*50*D\nPA2*1*50\n"
    audit = read_audits(text)[0]
    assert [(s.label, s.counters.units_init) for s in audit.selections] == [("1", None), ("2", 1)]
    assert [p.line for p in audit.problems] == [3, 4, 6]
    assert "x" in audit.problems[0].error


def test_a_file_of_two_readings_has_two_audits():
    """A DXS block begins a reading; what stands before the first belongs to it."""
    audits = read_audits(b"MC5*maker\n" + AUDIT + AUDIT.replace(b"SER0042", b"SER0043"))
    assert [(a.serial, a.blocks[0].kind) for a in audits] == [("SER0042", "MC5"), ("SER0043", "DXS")]


def test_an_audit_is_known_by_its_content():
    """Not a table whose first cell happens to be a word."""
    assert is_audit(AUDIT)
    assert is_audit(b"MC5*SiLine\r\nDXS*1*VA\r\nST*001\r\n")
    assert not is_audit(b"Machine,Slot,Product\nLobby,A1,Cola*\n")
    assert not is_audit(b"")


def test_a_file_without_blocks_is_refused():
    """Blank lines say nothing."""
    with pytest.raises(BadInput):
        read_audits(b"\n \n")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_are_too_strange(content):
    """Anything after the first block is read or told."""
    try:
        for audit in read_audits(AUDIT[:140] + content):
            assert all(p.line > 0 for p in audit.problems)
    except WorkbenchError as error:
        assert error.message


def differences(old, new):
    return sold_between({"1": Counters(*old)}, {"1": Counters(*new)})


@pytest.mark.parametrize(
    ("old", "new", "sold"),
    [
        ((10, 1500, 4, 600), (13, 1980, 7, 1080), (3, 480, False)),
        ((10, 1500, 4, 600), (13, 1980, 2, 300), (3, 480, False)),
        ((10, 1500, 4, 600), (5, 700, 2, 300), (2, 300, True)),
        ((10, 1500, None, None), (2, 300, None, None), (2, 300, True)),
        ((10, 1500, 4, 600), (2, 300, 40, 6000), (2, 300, True)),
        ((10, 1500, 4, None), (6, 900, 2, None), (2, 300, True)),
        ((None, None, 4, 600), (None, None, 9, 1100), (5, 500, False)),
        ((None, None, 9, 1100), (None, None, 2, 300), (2, 300, True)),
    ],
    ids=["counted on", "reset without loss", "began anew", "no reset counter", "reset above init", "no reset value",
         "only since reset", "only since reset, reset"],
)
def test_counters_become_sales(old, new, sold):
    """Since initialization where that counts on, else since the reset."""
    assert differences(old, new) == [Sold("1", *sold)]


def test_nothing_sold_is_no_sale():
    """Equal counters; a new selection has counted from 0; one that is gone says nothing."""
    assert differences((10, 1500, 4, 600), (10, 1500, 4, 600)) == []
    assert sold_between({"9": Counters(5, 5)}, {"2": Counters(3, 450, 3, 450)}) == [Sold("2", 3, 450)]


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=2, max_size=8))
def test_sales_between_readings_add_up_to_all_that_was_sold(steps):
    """Whatever was sold and whenever the memory was cleared, as long as each clearing shows."""
    counter = 100
    readings, truth = [Counters(counter, counter * 100, counter, counter * 100)], 0
    for units, cleared in steps:
        is_shown = cleared and units < counter
        counter = units if is_shown else counter + units
        readings.append(Counters(counter, counter * 100, counter, counter * 100))
        truth += units
    found = sum(
        sum(s.units for s in sold_between({"1": a}, {"1": b}))
        for a, b in pairwise(readings)
    )
    assert found == truth
