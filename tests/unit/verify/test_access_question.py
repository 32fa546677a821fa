from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.access_question import AccessQuestion

NAME = st.from_regex(r"[a-z][a-z0-9-]{0,20}[a-z0-9]", fullmatch=True)
GROUP = st.one_of(st.just(""), st.just("apps"), st.just("rbac.authorization.k8s.io"))
QUESTIONS = st.builds(
    AccessQuestion,
    verb=st.sampled_from(["get", "create", "*"]),
    resource=NAME,
    group=GROUP,
    namespace=st.none() | NAME,
    subresource=st.just("") | NAME,
    name=st.just("") | NAME,
)


@given(QUESTIONS)
def test_a_question_reads_back_as_it_is_written(question: AccessQuestion) -> None:
    assert AccessQuestion.parse(str(question)) == question


def test_a_question_about_a_resource_becomes_its_attributes() -> None:
    question = AccessQuestion.parse("get pods/web-1 --subresource=log -n team-a")
    assert question.spec() == {
        "resourceAttributes": {
            "verb": "get",
            "group": "",
            "resource": "pods",
            "subresource": "log",
            "name": "web-1",
            "namespace": "team-a",
        }
    }


def test_a_path_is_no_resource() -> None:
    question = AccessQuestion.parse("get /healthz")
    assert question.spec() == {"nonResourceAttributes": {"path": "/healthz", "verb": "get"}}


@pytest.mark.parametrize("text", ["", "get", "get pods team-a", "get pods --as bob", "get 'pods"])
def test_text_of_another_form_is_no_question(text: str) -> None:
    with pytest.raises(ValueError, match="kubectl auth can-i"):
        AccessQuestion.parse(text)
