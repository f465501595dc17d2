"""The files that put the service somewhere: each is read by its own schema, and all agree with the program they run."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kubernetes_validate
import pytest
import typer
import yaml

from pipeline import __version__
from pipeline.cli.main import app
from pipeline.settings import Settings
from pipeline.watch import answers

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
UNITS = sorted(DEPLOY.glob("*.service"))
KUBERNETES = ("1.29", "1.37")
PROBES = {"/healthz", "/readyz", "/readyz?of=web"}


def documents() -> list[dict[str, Any]]:
    """Every manifest there is."""
    return [document for file in MANIFESTS for document in yaml.safe_load_all(file.read_text(encoding="utf-8"))]


def of_kind(kind: str) -> list[dict[str, Any]]:
    """The manifests of one kind."""
    return [document for document in documents() if document["kind"] == kind]


def pods() -> list[dict[str, Any]]:
    """The pod of every workload."""
    return [document["spec"]["template"] for document in [*of_kind("Deployment"), *of_kind("Job")]]


def compose() -> dict[str, Any]:
    """The compose file, its anchors resolved."""
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return found


def verbs(words: list[str]) -> None:
    """Walk *words* down the command; fails at one that is no verb."""
    here: click.Command = typer.main.get_command(app)
    for word in words:
        commands: dict[str, click.Command] = getattr(here, "commands", {})
        assert word in commands, f"there is no verb {' '.join(words)}"
        here = commands[word]


# ---- Kubernetes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", KUBERNETES)
def test_manifests_keep_to_the_schemas(version: str) -> None:
    """Of an older and a newer Kubernetes, unknown keys refused; all kinds that the runbook names are there."""
    for document in documents():
        kubernetes_validate.validate(document, version, strict=True)
        assert "namespace" not in document["metadata"]
    kinds = {document["kind"] for document in documents()}
    assert kinds == {"ConfigMap", "Secret", "Job", "Deployment", "Service", "NetworkPolicy"}


def test_pods_are_locked_down() -> None:
    """The image's own user, nothing to write to but scratch, no privileges, no token of the cluster, bounded memory."""
    assert len(pods()) == 3
    for pod in pods():
        spec = pod["spec"]
        [container] = spec["containers"]
        assert spec["automountServiceAccountToken"] is False
        # Else a Service called infogov-… would put INFOGOV_… variables there, which the program refuses as unknown settings.
        assert spec["enableServiceLinks"] is False
        assert spec["securityContext"]["runAsUser"] == 10001
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert "memory" in container["resources"]["limits"]
        assert container["image"] == f"infogov:{__version__}"
        verbs(container["args"])


def test_probes_ask_for_pages_that_there_are() -> None:
    """Alive asks for the process alone; the pages are ready whatever the mailbox does; ports have names that exist."""
    assert answers.healthz().status == 200
    for pod in [deployment["spec"]["template"] for deployment in of_kind("Deployment")]:
        [container] = pod["spec"]["containers"]
        ports = {port["name"] for port in container["ports"]}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            asked = container[probe]["httpGet"]
            assert asked["port"] in ports
            assert asked["path"] in PROBES
            assert probe == "readinessProbe" or asked["path"] == "/healthz"
    web = next(one for one in of_kind("Deployment") if one["metadata"]["name"] == "infogov-web")
    [container] = web["spec"]["template"]["spec"]["containers"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz?of=web"


def test_everything_selects_what_it_means() -> None:
    """Labels of selectors are those of pods, and every volume that is mounted is there."""
    for document in of_kind("Deployment"):
        labels = document["spec"]["template"]["metadata"]["labels"]
        assert document["spec"]["selector"]["matchLabels"] == labels
    [service] = of_kind("Service")
    assert service["spec"]["selector"] in [pod["metadata"]["labels"] for pod in pods()]
    [policy] = of_kind("NetworkPolicy")
    assert all(
        policy["spec"]["podSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items() for pod in pods()
    )
    names = {document["metadata"]["name"] for document in [*of_kind("ConfigMap"), *of_kind("Secret")]}
    for pod in pods():
        [container] = pod["spec"]["containers"]
        volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}
        assert {mount["name"] for mount in container["volumeMounts"]} == set(volumes)
        assert {volumes["config"]["configMap"]["name"], volumes["secrets"]["secret"]["secretName"]} <= names


def test_the_example_configuration_is_one(tmp_path: Path) -> None:
    """ConfigMap, Secret and environment together load as the program loads them, on PostgreSQL and in the shadow."""
    [config], [secret] = of_kind("ConfigMap"), of_kind("Secret")
    file = tmp_path / "infogov.toml"
    file.write_text(config["data"]["infogov.toml"], encoding="utf-8")
    for pod in pods():
        secrets = tmp_path / pod["metadata"]["labels"]["app.kubernetes.io/component"]
        secrets.mkdir()
        for name, value in secret["stringData"].items():
            (secrets / name).write_text(value.replace("CHANGE-ME", "a-real-one"), encoding="utf-8")
        [container] = pod["spec"]["containers"]
        given = {**image_environment(), **{one["name"]: one["value"] for one in container.get("env", [])}}
        environment = {name: value for name, value in given.items() if name.startswith("INFOGOV_")}
        settings = Settings.load(file, environment | {"INFOGOV_CONFIG": "", "INFOGOV_SECRETS_DIR": str(secrets)})
        assert settings.database.url.startswith("postgresql+psycopg://infogov:a-real-one@")
        assert settings.delivery.mode == "shadow"
        ports = [port["containerPort"] for port in container.get("ports", [])]
        assert all(port in (settings.web.port, settings.worker.health_port) for port in ports)


# ---- Docker ----------------------------------------------------------------------------------------------------------


def instructions() -> list[list[str]]:
    """The Dockerfile's instructions, each as its word and the rest."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.split(maxsplit=1) for line in text.splitlines() if line.strip() and not line.startswith("#")]


def image_environment() -> dict[str, str]:
    """What the image puts into the environment."""
    words = [word for name, rest in instructions() if name == "ENV" for word in rest.split()]
    return dict(word.split("=", 1) for word in words)


def test_the_image_is_built_from_the_lock_and_runs_as_nobody_in_particular() -> None:
    """Hashes are asked for, every file copied is there, nothing is left of the build, and the user has a number."""
    found = instructions()
    copied = [rest.split()[:-1] for name, rest in found if name == "COPY" and "--from" not in rest]
    assert copied
    assert [file for files in copied for file in files if not (ROOT / file).exists()] == []
    installs = [rest for name, rest in found if name == "RUN" and "pip install" in rest]
    assert "--require-hashes --only-binary :all:" in installs[0]
    assert "--no-deps --no-build-isolation" in installs[1]
    assert [rest for name, rest in found if name == "USER"] == ["10001"]
    assert [rest for name, rest in found if name == "ENTRYPOINT"] == ['["infogov"]']
    assert [rest for name, rest in found if name == "STOPSIGNAL"] == ["SIGTERM"]
    assert image_environment()["HEALTH_URL"].endswith("/healthz")
    verbs(["serve"])


def test_compose_runs_verbs_that_there_are_with_settings_that_there_are(tmp_path: Path) -> None:
    """Worker, pages and migration on PostgreSQL behind a proxy that only the pages believe."""
    services = compose()["services"]
    assert {"db", "migrate", "worker", "web", "proxy"} == set(services)
    file = tmp_path / "infogov.toml"
    file.write_text(_PLAIN, encoding="utf-8")
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "database__url").write_text("postgresql+psycopg://infogov:word@db/infogov", encoding="utf-8")
    (secrets / "mailbox__infogov__password").write_text("word", encoding="utf-8")
    for name in ("migrate", "worker", "web"):
        service = services[name]
        verbs(service["command"])
        assert set(service["secrets"]) == {path.name for path in secrets.iterdir()}
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        given = {**image_environment(), **service["environment"]}
        environment = {key: re.sub(r"\$\{SITE_NAME.*?\}", "foi.example", value) for key, value in given.items()}
        environment = {key: value for key, value in environment.items() if key.startswith("INFOGOV_")}
        settings = Settings.load(file, environment | {"INFOGOV_CONFIG": "", "INFOGOV_SECRETS_DIR": str(secrets)})
        assert settings.database.url == "postgresql+psycopg://infogov:word@db/infogov"
        if name == "worker":
            assert f":{settings.worker.health_port}/healthz" in service["environment"]["HEALTH_URL"]
        if name == "web":
            assert settings.web.trusted_proxy == services["proxy"]["networks"]["inside"]["ipv4_address"]
    declared = set(compose()["secrets"])
    assert {secret for service in services.values() for secret in service.get("secrets", [])} == declared
    assert compose()["networks"]["inside"]["internal"] is True


# ---- systemd ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_are_hardened_and_start_verbs_that_there_are(unit: Path) -> None:
    """No privileges, nothing to write to but its own folder, secrets by LoadCredential; the service is watched and restarted."""
    text = unit.read_text(encoding="utf-8")
    start = re.search(r"(?m)^ExecStart=/opt/infogov/bin/infogov (.*)$", text)
    assert start is not None
    verbs(start[1].split())
    for line in (
        *("DynamicUser=yes", "User=infogov", "StateDirectory=infogov", "ProtectSystem=strict", "ProtectHome=yes"),
        *("NoNewPrivileges=yes", "CapabilityBoundingSet=", "PrivateTmp=yes", "PrivateDevices=yes", "UMask=0077"),
        *("RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX", "SystemCallFilter=@system-service"),
        *("SystemCallFilter=~@privileged @resources", "MemoryDenyWriteExecute=yes", "RestrictNamespaces=yes"),
    ):
        assert f"\n{line}\n" in text, line
    assert "\nLoadCredential=" in text
    if unit.name == "infogov.service":
        for line in ("Type=notify", "NotifyAccess=main", "WatchdogSec=120", "Restart=always", "SuccessExitStatus=143"):
            assert f"\n{line}\n" in text, line


def test_systemd_itself_finds_nothing_to_say(tmp_path: Path) -> None:
    """Where systemd-analyze is installed it verifies all units; everywhere the timer names a unit that is there."""
    timer = configparser.ConfigParser(interpolation=None)
    timer.read(DEPLOY / "infogov-alarms.timer", encoding="utf-8")
    assert timer["Timer"]["OnUnitActiveSec"] == "5min"
    assert (DEPLOY / "infogov-alarms.service").exists()
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return
    units = [*UNITS, *DEPLOY.glob("*.timer")]
    for unit in units:
        # The program is not installed where the unit looks for it.
        text = unit.read_text(encoding="utf-8").replace("/opt/infogov/bin/infogov", "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    places = [str(tmp_path / unit.name) for unit in units]
    done = subprocess.run([analyze, "verify", *places], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# ---- the runbook -----------------------------------------------------------------------------------------------------


def spans() -> Iterator[str]:
    """Every command of ours that the runbook gives."""
    text = re.sub(r"(?s)```.*?```", "", (DEPLOY / "RUNBOOK.md").read_text(encoding="utf-8"))
    for span in re.findall(r"`([^`]+)`", text):
        yield from re.findall(r"(?:^|[;|&] ?)(infogov [a-z][^;|&]*)", span)


def test_the_runbook_gives_commands_that_there_are() -> None:
    """Each verb and each option of it."""
    found = list(spans())
    assert len(found) > 20
    for command in found:
        here: click.Command = typer.main.get_command(app)
        for word in command.split()[1:]:
            commands: dict[str, click.Command] = getattr(here, "commands", {})
            if word in commands:
                here = commands[word]
            elif word.startswith("--"):
                options = {option for parameter in here.params for option in parameter.opts + parameter.secondary_opts}
                assert word in options, command
            else:
                assert here is not typer.main.get_command(app), command
                assert not commands or getattr(here, "invoke_without_command", False), command


def test_the_runbook_names_files_and_settings_that_there_are() -> None:
    """Files of deploy/ exist, links inside lead somewhere, and metrics are ones that are served."""
    text = (DEPLOY / "RUNBOOK.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(deploy/[\w./-]+?)/?`", text))
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lower()).replace(" ", "-") for line in re.findall(r"(?m)^## (.+)$", text)
    }
    assert [link for link in re.findall(r"\]\(#([\w-]+)\)", text) if link not in headings] == []
    served = (ROOT / "pipeline" / "stages" / "metrics.py").read_text(encoding="utf-8")
    metrics = set(re.findall(r"\binfogov_(?!toml)[a-z_]+\b", text))
    assert {name for name in metrics if f'"{name}"' not in served} == set()


_PLAIN = """
[authority]
name = "Northfield Council"
team = "Team"
[mailbox.infogov]
host = "imap.example"
user = "foi@council.example"
[smtp]
host = "smtp.example"
from_address = "foi@council.example"
"""
