"""What the schema library says is said in Japanese as well, numbers and all."""

import marshmallow as ma
import pytest
from flask import Flask

from civicfund.web.validation import in_language


class Asked(ma.Schema):
    number = ma.fields.Integer(required=True, validate=ma.validate.Range(1, 9))
    least = ma.fields.Integer(validate=ma.validate.Range(min=1))
    most = ma.fields.Integer(validate=ma.validate.Range(max=9))
    kind = ma.fields.String(validate=ma.validate.OneOf(["a", "b"]))
    word = ma.fields.String(validate=ma.validate.Length(2, 3))
    short = ma.fields.String(validate=ma.validate.Length(min=2))
    long = ma.fields.String(validate=ma.validate.Length(max=2))
    form = ma.fields.String(validate=ma.validate.Regexp("^a$"))
    day = ma.fields.Date()
    moment = ma.fields.AwareDateTime()
    email = ma.fields.Email()
    yes = ma.fields.Boolean()
    several = ma.fields.List(ma.fields.Integer())
    inner = ma.fields.Nested({"x": ma.fields.Float(required=True)})


WRONG = [
    {},
    {"number": None, "kind": "c", "word": "abcd", "form": "b", "day": "x", "moment": "x"},
    {"number": "x", "email": "x", "yes": "x", "several": 1, "inner": {}, "unknown": 1},
    {"number": 10, "least": 0, "most": 10, "short": "a", "long": "abc", "several": ["x"]},
    {"number": 5, "word": 5, "inner": 1},
    [],
]


@pytest.mark.parametrize("body", WRONG)
def test_no_english_is_left_in_japanese(app: Flask, body: object) -> None:
    messages = Asked().validate(body)  # type: ignore[arg-type]
    assert messages

    def leaves(tree: object) -> list[str]:
        if isinstance(tree, dict):
            return [leaf for branch in tree.values() for leaf in leaves(branch)]
        return (
            [leaf for branch in tree for leaf in leaves(branch)]
            if isinstance(tree, list)
            else [str(tree)]
        )

    with app.test_request_context(headers={"Accept-Language": "ja"}):
        said = leaves(in_language(messages))
    assert said
    for text in said:
        assert any("ぁ" <= sign <= "ん" for sign in text), text
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert all(text.isascii() for text in leaves(in_language(messages)))
