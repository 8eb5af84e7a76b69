"""What a person is shown and asked: protocols, demonstrations, tasks. Knows the catalog and arrays, no files."""
