"""The benchmark ``arith``: multi-step arithmetic as expressions and stories, with exact references."""
