"""How the service answers those who watch it: probes, metrics, the service manager and the alarms."""
