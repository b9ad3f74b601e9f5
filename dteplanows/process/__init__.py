"""What a process of the service does about itself: signals, secrets in its memory, its next start."""
