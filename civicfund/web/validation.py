"""What the schema library says about a value, in the language of the request."""

import re
from typing import Any

from flask_babel import gettext

from civicfund.core.errors import N_

PLAIN = (
    N_("Field may not be null."),
    N_("Invalid JSON body."),
    N_("Invalid input type."),
    N_("Invalid type."),
    N_("Invalid value."),
    N_("Missing data for required field."),
    N_("Not a valid boolean."),
    N_("Not a valid date."),
    N_("Not a valid datetime."),
    N_("Not a valid email address."),
    N_("Not a valid integer."),
    N_("Not a valid list."),
    N_("Not a valid mapping type."),
    N_("Not a valid number."),
    N_("Not a valid string."),
    N_("Number too large."),
    N_("String does not match expected pattern."),
    N_("Unknown field."),
)
# The library fills in the numbers before we see the text.
FILLED = (
    (r"Must be one of: (?P<choices>.+)\.", N_("Must be one of: %(choices)s.")),
    (
        r"Must be greater than or equal to (?P<least>\S+) "
        r"and less than or equal to (?P<most>\S+)\.",
        N_("Must be between %(least)s and %(most)s."),
    ),
    (r"Must be greater than or equal to (?P<least>\S+)\.", N_("Must be %(least)s or more.")),
    (r"Must be less than or equal to (?P<most>\S+)\.", N_("Must be %(most)s or less.")),
    (r"Shorter than minimum length (?P<least>\d+)\.", N_("At least %(least)s characters.")),
    (r"Longer than maximum length (?P<most>\d+)\.", N_("At most %(most)s characters.")),
    (
        r"Length must be between (?P<least>\d+) and (?P<most>\d+)\.",
        N_("Between %(least)s and %(most)s characters."),
    ),
)


def in_language(messages: Any) -> Any:
    """The library's tree of messages, by place and field, each text translated."""
    if isinstance(messages, dict):
        return {key: in_language(value) for key, value in messages.items()}
    if isinstance(messages, list):
        return [in_language(value) for value in messages]
    return _said(str(messages))


def _said(text: str) -> str:
    for pattern, template in FILLED:
        filled = re.fullmatch(pattern, text)
        if filled is not None:
            return str(gettext(template)) % filled.groupdict()
    return str(gettext(text))
