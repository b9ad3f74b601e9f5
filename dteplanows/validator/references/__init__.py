"""What a document refers to, what a note corrects, and what the company itself issued before."""
