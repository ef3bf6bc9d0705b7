"""月次・決算: two people close months and years, against a checklist that looks for itself."""
