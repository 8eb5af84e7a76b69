"""Who answered: survey files in, one `Answers` table out, and a synthetic population."""
