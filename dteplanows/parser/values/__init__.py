"""What a text of a file means by itself: a number, a day, a code, words for nothing, HTML, a comuna."""
