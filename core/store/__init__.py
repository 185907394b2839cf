"""Everything that speaks SQL: tables, sessions, migrations, repositories and imports."""
