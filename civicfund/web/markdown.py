"""Stories in Markdown to safe HTML, with Japanese emphasis that works."""

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_cjk_friendly import cjk_friendly

TAGS = {
    "p", "br", "hr", "strong", "em", "del", "blockquote", "ul", "ol", "li", "a", "code", "pre",
    "h2", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip

_reader = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(
    ["table", "strikethrough"]
)
_reader.use(cjk_friendly)


def to_html(text: str) -> Markup:
    """Headings begin at h2 (the page has the h1); no raw HTML, pictures, scripts or odd links."""
    tokens = _reader.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 4)}"
    rendered = _reader.renderer.render(tokens, _reader.options, {})
    clean = nh3.clean(
        rendered,
        tags=TAGS,
        attributes={"a": {"href"}, "th": {"align"}, "td": {"align"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow ugc",
    )
    return Markup(clean)  # noqa: S704  # cleaned just above
