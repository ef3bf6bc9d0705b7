"""Who is who: people, their roles, their organisations, and how they sign in."""
