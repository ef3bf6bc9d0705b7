"""帳簿と計算書類: the books and statements that an accountant asks for, by the names they know."""
