"""What a person sees who opens the address of the service in a browser."""
