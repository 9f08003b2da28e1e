"""What a watch costs on Function Compute, from list prices and the sizes in s.yaml (docs/cost.md)."""
