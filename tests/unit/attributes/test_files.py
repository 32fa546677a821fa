"""Files as companies have them: what they hold, and every way in which they can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from attributes.files import read_files
from attributes.places import Place, listed
from attributes.properties import Property
from attributes.sources import UserEntry, named_twice
from settings.text import dns_label

PROPERTIES = {
    "default_namespace": Property(name="default_namespace", rule=dns_label),
    "nickname": Property(name="nickname"),
    "badge": Property(name="badge", data_type="Integer"),
    "on_call": Property(name="on_call", data_type="Boolean"),
    "hired": Property(name="hired", data_type="DateTime"),
}


def read(tmp_path: Path, name: str, content: str | bytes) -> tuple[list[UserEntry], list[str]]:
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    entries, problems = read_files(tmp_path, [name], PROPERTIES)
    return entries, list(map(str, problems))


CSV = "user,default_namespace,badge\nalice@c.example,team-a,007\nbob@c.example,,2\n"
YAML = """\
# who is who
alice@c.example: {default_namespace: team-a, badge: 007}
bob@c.example:
  badge: 2
"""


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte-order mark"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(
    ("name", "text", "lines"), [("p.csv", CSV, (2, 3)), ("p.yml", YAML, (2, 3))]
)
def test_csv_and_yaml_say_the_same(
    tmp_path: Path, name: str, text: str, lines: tuple[int, int], line_end: str, mark: bytes
) -> None:
    entries, problems = read(tmp_path, name, mark + text.replace("\n", line_end).encode())

    assert problems == []
    assert entries == [
        UserEntry(
            name="alice@c.example",
            values={"default_namespace": "team-a", "badge": "7"},
            place=Place(name, lines[0]),
        ),
        UserEntry(name="bob@c.example", values={"badge": "2"}, place=Place(name, lines[1])),
    ]


def test_yaml_does_not_decide_what_a_value_is(tmp_path: Path) -> None:
    text = "a@c.example: {nickname: no, on_call: TRUE, hired: 2027-01-31 09:00:00+01:00}\n"

    entries, problems = read(tmp_path, "p.yaml", text)

    assert problems == []
    assert entries[0].values == {
        "nickname": "no",
        "on_call": "true",
        "hired": "2027-01-31T08:00:00Z",
    }


def test_quotes_blank_lines_and_breaks_in_cells_are_csv_and_keep_lines_right(
    tmp_path: Path,
) -> None:
    text = 'nickname,user\n"a ""b"", c",a@c.example\n\n"x\ny",b@c.example\nz\nz,c@c.example\n'

    entries, problems = read(tmp_path, "p.csv", text)

    assert problems == [
        "p.csv:4: nickname: 'x\\ny' must be one line, without control characters",
        "p.csv:6: has 1 cells, and the header has 2",
    ]
    assert [(user.values, user.place.line) for user in entries] == [
        ({"nickname": 'a "b", c'}, 2),
        ({}, 4),
        ({"nickname": "z"}, 7),
    ]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("p.txt", "x", ["p.txt: must end in .csv, .yaml, .yml"]),
        (
            "p.csv",
            "",
            [
                "p.csv: is empty; to declare no user, leave the file out of userAttributes.files",
            ],
        ),
        (
            "p.yaml",
            "\n \n",
            [
                "p.yaml: is empty; to declare no user, leave the file out of userAttributes.files",
            ],
        ),
        ("p.yaml", "# nobody\n", ["p.yaml: must be a mapping of users to their values, such as "
                                  "alice@contoso.com: {…}"]),
        (
            "p.csv",
            "user,nickname\na@c.example,Ren\u00e9\n".encode("latin-1"),
            ["p.csv:2: is not UTF-8 (byte 0xe9); save the file as UTF-8"],
        ),
        ("p.csv", "user\n".encode("utf-16"), ["p.csv: is UTF-16; save it as UTF-8"]),
        (
            "p.csv",
            "user;nickname\na@c.example;x\n",
            ["p.csv:1: has its columns separated by semicolons; save the file with commas"],
        ),
        (
            "p.csv",
            "\nmail,nickname\na@c.example,x\n",
            [
                "p.csv:2: must be a header with the column user, then columns of "
                "default_namespace, nickname, badge, on_call, hired"
            ],
        ),
        (
            "p.csv",
            "user,nick,badge,badge\na@c.example,x,1,2\n",
            [
                "p.csv:1: has the column 'nick', which is not one of extensionProperties "
                "(default_namespace, nickname, badge, on_call, hired)",
                "p.csv:1: has the column 'badge' twice",
            ],
        ),
        (
            "p.csv",
            'user,nickname\na@c.example,"x\nb@c.example,y\n',
            [
                "p.csv:2: is not CSV from here on (unexpected end of data); a quote that is opened "
                'must be closed, and one inside a cell is written ""',
            ],
        ),
        (
            "p.csv",
            "user,badge,on_call,default_namespace,nickname\n"
            f"a@c.example,x,yes,Team A,{'n' * 257}\n ,1,true,a,n\n",
            [
                "p.csv:2: badge: 'x' must be a whole number from -2147483648 to 2147483647",
                "p.csv:2: on_call: 'yes' must be true or false",
                "p.csv:2: default_namespace: 'Team A' must be a Kubernetes namespace name: at most "
                "63 of a-z, 0-9 and '-', starting and ending with a letter or digit",
                f"p.csv:2: nickname: '{'n' * 59}…' has 257 characters; Microsoft Graph stores at "
                "most 256",
                "p.csv:3: names no user",
            ],
        ),
        (
            "p.yaml",
            "a@c.example: [1]\nb@c.example:\n  nick: x\n  badge: {}\n  on_call:\n"
            '  nickname: "a\\tb"\n'
            "[c]: {}\nd@c.example: {badge: 1, badge: 2}\n",
            [
                "p.yaml:1: 'a@c.example' must have a mapping of property names",
                "p.yaml:3: 'nick' is not one of extensionProperties (default_namespace, nickname, "
                "badge, on_call, hired)",
                "p.yaml:4: badge: must be one value",
                "p.yaml:5: on_call: has no value; leave the line out",
                "p.yaml:6: nickname: 'a\\tb' must be one line, without control characters",
                "p.yaml:7: names no user",
                "p.yaml:8: 'd@c.example' has badge twice",
            ],
        ),
        (
            "p.yaml",
            "a@c.example: {}\nb: [\n",
            ["p.yaml:3: is not YAML (did not find expected node content)"],
        ),
        ("p.yaml", "- a@c.example\n", ["p.yaml:1: must be a mapping of users to their values, "
                                       "such as alice@contoso.com: {…}"]),
    ],
)  # fmt: skip
def test_everything_that_is_wrong_is_told_with_its_line(
    tmp_path: Path, name: str, content: str | bytes, expected: list[str]
) -> None:
    _, problems = read(tmp_path, name, content)

    assert problems == expected


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    _, problems = read_files(tmp_path, ["people/x.csv"], PROPERTIES)

    assert list(map(str, problems)) == [
        "people/x.csv: cannot be read (No such file or directory); the path starts at the project"
    ]


def test_a_header_alone_declares_nobody_on_purpose(tmp_path: Path) -> None:
    assert read(tmp_path, "p.csv", "user,badge\n") == ([], [])
    assert read(tmp_path, "p.yaml", "{}\n") == ([], [])


def test_a_user_is_given_in_one_place(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("user,badge\na@c.example,1\nA@c.example,1\n")
    (tmp_path / "b.yaml").write_text("a@c.example: {nickname: al}\n")
    inline = UserEntry(name="a@C.example", values={}, place=Place('users["a@C.example"]'))

    entries, problems = read_files(tmp_path, ["a.csv", "b.yaml"], PROPERTIES)

    assert problems == []
    assert [str(problem) for problem in named_twice([inline, *entries])] == [
        f'{place}: {name!r} is given at users["a@C.example"] as well; give each user in one place'
        for place, name in (
            ("a.csv:2", "a@c.example"),
            ("a.csv:3", "A@c.example"),
            ("b.yaml:1", "a@c.example"),
        )
    ]


@pytest.mark.parametrize("rows", [10_000, 100_000])
@pytest.mark.parametrize(
    ("name", "header", "row"),
    [
        ("p.csv", "user,default_namespace,badge\n", "user{0}@c.example,team-{0},{0}\n"),
        ("p.yaml", "", "user{0}@c.example: {{default_namespace: team-{0}, badge: {0}}}\n"),
    ],
)
def test_a_whole_company_is_read(
    tmp_path: Path, name: str, header: str, row: str, rows: int
) -> None:
    entries, problems = read(tmp_path, name, header + "".join(map(row.format, range(rows))))

    assert problems == []
    assert len(entries) == rows
    assert entries[-1].values == {"default_namespace": f"team-{rows - 1}", "badge": str(rows - 1)}


def test_a_file_wrong_in_every_row_is_told_in_fifty_lines(tmp_path: Path) -> None:
    text = "user,badge\n" + "".join(f"u{number}@c.example,x\n" for number in range(100_000))

    _, problems = read(tmp_path, "p.csv", text)
    told = listed(problems).splitlines()

    assert len(problems) == 100_000
    assert len(told) == 51
    assert told[0].startswith("  p.csv:2: badge: 'x'")
    assert told[-1] == "  … and 99,950 more."
