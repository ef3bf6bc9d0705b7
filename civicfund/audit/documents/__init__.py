"""The documents that the law on electronic books wants at hand, made from the code itself."""

from civicfund.audit.documents.pages import PAGES, page, pages

__all__ = ["PAGES", "page", "pages"]
