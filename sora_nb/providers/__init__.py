"""Services: what each one speaks, where it is, what it sells, and how it is asked."""
