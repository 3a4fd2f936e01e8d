"""What calls cost and what may be spent: list prices and budgets."""
