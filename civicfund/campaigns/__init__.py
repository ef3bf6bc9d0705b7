"""What asks for support: campaigns, their budgets, their review, their news."""
