"""The page ``disenos``: how what a company prints looks."""
