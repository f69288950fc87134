# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that is tested, as sessions of nox; `nox --list` names them.

`make test` runs them side by side, in the order in which they stand here: the slowest first. Sessions without an
environment of their own run in the one that nox runs in, which requirements-dev.txt makes. antsibull-nox.toml has more.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import antsibull_nox
import nox

sys.path.insert(0, "tools")
from workshop import ROOT, WORK, archive
from workshop.environment import BIN, environment, link_collection

LOGS = WORK / "test"
# Set by `make test-all`: slower variants of what runs anyway, as all rows of a table, or all that ansible-test knows.
WHOLE = "TEST_ALL" in os.environ
# ansible-core 2.16 is the oldest supported, for Python 2.7 and 3.6. The pip package `ansible` has collections for it.
CORES = {"2.16": ("ansible==9.13.0", ">=3.10,<3.13"), "2.21": ("ansible==14.*", ">=3.12,<3.15")}
# Those of requirements.yml and what they import. Installing all hundred takes a minute of a core.
COLLECTIONS = ("ansible/posix", "community/docker", "community/library_inventory_filtering_v1", "ovirt/ovirt")
# What sessions with an environment of their own need besides; requirements-dev.txt and its like say in which version.
ENGINE = ("cryptography", "ovirt-engine-sdk-python", "PyYAML")
PYTEST = (*ENGINE, "hypothesis", "lxml", "pytest", "pytest-timeout")
MOLECULE = (*ENGINE, "docker", "molecule", "pytest-testinfra", "pytest-timeout")
# Scenarios, the slowest first; *_core_2_16 has a session of its own, and `killed` one that only make test-all runs.
KILLED, OLDEST = "container_host_killed", "container_host_core_2_16"
SCENARIOS = [
    "site_whole" if WHOLE else "site",
    "container_host",
    "container_host_refused",
    "docker",
    "vdsm_containers",
    "engine_properties",
]
SCENARIOS += ["container_networks"]
# Suites under the everyday ansible-core, the slowest first, and what of them the others run again.
SUITES = ["lab/tests", "tests/guest", "tests/tools", "tests/integration", "tests/contract", "tests/fleet", "tests/docs"]
SUITES += ["tests/properties", "tests/unit", "tests/host_tier"]
AGAIN = ["tests/host_tier", "tests/unit", "tests/integration"]
AGAIN += ["tests/contract/test_contract.py", *(["tests/docs/test_examples.py"] if WHOLE else [])]
# What knows nothing of ansible-core: the host tier, which tests/host_tier runs under each Python.
NOT_AGAIN = ("--ignore=tests/unit/host", "--ignore=tests/unit/package")
# Suites that wait most of the time, run by several processes of pytest-xdist; tests of the lab build on one another.
SHARED_OUT = {
    "tests/contract": ("-n", "4", "--dist", "worksteal"),
    "tests/fleet": ("-n", "4", "--dist", "worksteal"),
    "lab/tests": ("-n", "2", "--dist", "loadfile"),
}
TYPED = {
    "plugins": ("-p", "ansible_collections.ovirt_contrib.containers.plugins"),
    "lab": ("lab/ovirt_lab",),
    "tools": ("-p", "workshop", "-p", "demo", "-p", "benchmarks", "-m", "noxfile", "-m", "role_docs"),
    "tests": ("tests",),
}
# ansible-test looks at what becomes the collection, and its tests. The rest has ruff, mypy and tests.
NOT_FOR_ANSIBLE_TEST = ("benchmarks/", "demo/", "lab/", "tools/", "noxfile.py")
# What the newest ansible-test has too, does at least as strictly, and does the same with whatever ansible-core it is.
SANITY_ONCE = ("changelog", "line-endings", "pep8", "pslint", "pylint", "shebang", "shellcheck", "symlinks", "yamllint")


def set_up_environment() -> None:
    """Take out of our process environment what changes results; sessions get what is left."""
    found = environment()
    os.environ.clear()
    os.environ |= found | {
        # ansible-test looks for other versions of Python there.
        "PATH": os.pathsep.join([found["PATH"], *sorted(map(str, Path.home().glob(".pyenv/versions/3.*/bin")))]),
        # antsibull-nox finds the collections of the pip package `ansible` there, and must not ask Galaxy for any.
        "ANSIBLE_COLLECTIONS_PATH": sysconfig.get_path("purelib"),
        "ANTSIBULL_NOX_INSTALL_COLLECTIONS": "never",
        # Compiling thousands of collection files that nobody imports takes longer than installing them.
        "PIP_NO_COMPILE": "1",
    }
    link_collection()
    LOGS.mkdir(parents=True, exist_ok=True)


set_up_environment()
nox.options.reuse_venv = "yes"
nox.options.download_python = "never"


def pinned(*names: str) -> list[str]:
    """Return packages with the versions that the requirements files ask for."""
    files = [ROOT / place / "requirements.txt" for place in ("demo", "benchmarks")]
    lines = "\n".join(path.read_text() for path in (*files, ROOT / "requirements-dev.txt")).splitlines()
    return [line for line in lines if re.match(r"[\w.-]*", line)[0] in names]  # type: ignore[index]  # matches always


def needs_docker(session: nox.Session) -> None:
    """Skip the session where no docker daemon answers."""
    asked = ["docker", "version"]
    if not shutil.which("docker") or subprocess.run(asked, capture_output=True, check=False).returncode:
        session.skip("no docker daemon answers")


@nox.session(python=False)
def images(session: nox.Session) -> None:
    """Build the images of the container hosts, once for all who want them."""
    if session.posargs:
        session.skip("a single test builds them if it needs them")
    needs_docker(session)
    session.run(sys.executable, "-B", "-m", "ovirt_lab.hosts", "build", env={"PYTHONPATH": str(ROOT / "lab")})


def molecule(session: nox.Session, name: str, programs: Path = BIN) -> None:
    """Run a scenario. One that hangs is ended after 35 minutes; on a busy machine the longest takes half of that."""
    needs_docker(session)
    env = {"ANSIBLE_COLLECTIONS_PATH": None, "MOLECULE_GLOB": "molecule/*/molecule.yml", **first(programs)}
    words = ("timeout", "--kill-after=30", "2100", str(programs / "molecule"), "test", "--scenario-name", name)
    session.run(*words, env=env, external=True)


def first(programs: Path) -> dict[str, str]:
    """Return the variable that has the programs of a directory found before others."""
    return {"PATH": os.pathsep.join((str(programs), os.environ["PATH"]))}


def pytest(session: nox.Session, *what: str, profile: str, programs: Path = BIN) -> None:
    """Run tests; the report stands beside the logs."""
    name = re.sub(r"[^\w.]+", "-", session.name).strip("-")
    report, scratch = LOGS / f"{name}.xml", LOGS / "tmp" / name
    scratch.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    # tests/conftest.py describes the profiles; the lab is a project of its own.
    profiles = [] if what[0].startswith("lab/tests") else ["--hypothesis-profile", profile]
    options = [*profiles, "--junitxml", str(report), "--basetemp", str(scratch)]
    options += ["-p", "no:cacheprovider", "--color=no"]
    options += [word for suite in what for word in SHARED_OUT.get(suite, ())]
    env = {"ANSIBLE_COLLECTIONS_PATH": None, "PYTHONPATH": str(ROOT / "lab"), **first(programs)}
    # Code 5: nothing to run, for instance because a whole selection does not apply.
    words = session.posargs or what
    python = str(programs / "python")
    session.run(python, "-m", "pytest", *words, *options, env=env, success_codes=[0, 5], external=True)


def install_core(session: nox.Session, core: str, *others: str) -> None:
    """Install an ansible-core, others, and of the pip package `ansible` for it only the collections that we use."""
    session.install(f"ansible-core=={core}.*", *pinned(*others))
    place = WORK / f"ansible-{core}"
    shutil.rmtree(place, ignore_errors=True)
    words = ("download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(place))
    session.run("python", "-m", "pip", *words, CORES[core][0])
    target = session.run("python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", silent=True)
    with zipfile.ZipFile(next(place.glob("ansible-*.whl"))) as wheel:
        wanted = tuple(f"ansible_collections/{name}/" for name in COLLECTIONS)
        for name in wheel.namelist():
            if name.startswith(wanted):
                wheel.extract(name, str(target).strip())
    shutil.rmtree(place)


def with_core(session: nox.Session, core: str) -> Path:
    """Return the programs of a session core-*, which has made an environment; without its Python there is none."""
    programs = ROOT / ".nox" / f"core-{core.replace('.', '-')}" / "bin"
    if not (programs / "python").exists():
        session.skip(f"no Python {CORES[core][1]} is on this machine")
    return programs


@nox.session(name="molecule", python=False, requires=["images"])
@nox.parametrize("scenario", [nox.param(name, id=name) for name in SCENARIOS])
def scenarios(session: nox.Session, scenario: str) -> None:
    """Run a role scenario on container hosts."""
    molecule(session, scenario)


@nox.session(name="molecule-slow", python=False, requires=["images"], default=False)
def slow_scenario(session: nox.Session) -> None:
    """Run the scenario that kills ten runs: a quarter of an hour."""
    molecule(session, KILLED)


@nox.session(name="guests-qemu", python=False, default=False)
def guests_under_qemu(session: nox.Session) -> None:
    """Boot guests under qemu, from an image that boots by itself: a quarter of an hour without virtualisation."""
    pytest(session, "lab/tests/guests", "--qemu", "-k", "qemu", profile="everyday")


@nox.session(name="core-2.16", python=CORES["2.16"][1])
def core_oldest(session: nox.Session) -> None:
    """Make the environment of the oldest ansible-core, once for all who want it."""
    install_core(session, "2.16", *PYTEST, *MOLECULE)


@nox.session(name="core-2.21", python=CORES["2.21"][1])
def core_newest(session: nox.Session) -> None:
    """Make that of the newest one."""
    install_core(session, "2.21", *PYTEST)


@nox.session(name="tests-2.16", python=False, requires=["images", "core-2.16"])
def tests_oldest(session: nox.Session) -> None:
    """Run those tests of `tests` that depend on ansible-core, under the oldest one."""
    pytest(session, *AGAIN, *NOT_AGAIN, profile="everyday", programs=with_core(session, "2.16"))


@nox.session(name="tests-2.21", python=False, requires=["images", "core-2.21"])
def tests_newest(session: nox.Session) -> None:
    """Run them under the newest one."""
    pytest(session, *AGAIN, *NOT_AGAIN, profile="everyday", programs=with_core(session, "2.21"))


@nox.session(name="molecule-2.16", python=False, requires=["images", "core-2.16"])
def oldest_scenario(session: nox.Session) -> None:
    """Run a scenario under the oldest ansible-core."""
    molecule(session, OLDEST, with_core(session, "2.16"))


@nox.session(python=False, requires=["images"])
@nox.parametrize("suite", [nox.param(name, id=name.removeprefix("tests/")) for name in SUITES])
def tests(session: nox.Session, suite: str) -> None:
    """Run a directory of tests under the everyday ansible-core."""
    pytest(session, suite, profile="thorough" if WHOLE else "make-test")


def sanity(core: str) -> None:
    """Add ansible-test's sanity tests under an ansible-core.

    ansible-test downloads pip for its environments from a site of Ansible's, unless it is in ~/.ansible. So the session
    has a home of its own, with tools/get_pip.py there. Those environments are kept in it too.
    """
    home, name = WORK / f"home-{core}", f"sanity-{core}"

    def before() -> None:
        cache = home / ".ansible" / "test" / "cache"
        cache.mkdir(parents=True, exist_ok=True)
        for settings in (".config", ".cache"):
            link = home / settings
            if not link.is_symlink():
                link.symlink_to(Path.home() / settings)
        pattern = (
            f".nox/sanity-{core.replace('.', '-')}/lib/*/site-packages/ansible_test/_internal/python_requirements.py"
        )
        for wanted in re.findall(r"\bpip='([\d.]+)'", next(ROOT.glob(pattern)).read_text()):
            shutil.copy2(ROOT / "tools" / "get_pip.py", cache / f"get_pip_{wanted.replace('.', '_')}.py")
        os.environ["HOME"] = str(home)

    excluded = [word for path in NOT_FOR_ANSIBLE_TEST for word in ("--exclude", path)]
    if core != max(CORES) and not WHOLE:
        excluded += [word for test in SANITY_ONCE for word in ("--skip-test", test)]
    antsibull_nox.add_ansible_test_session(
        name=name,
        description=f"Run ansible-test's sanity tests under ansible-core {core}",
        ansible_test_params=["sanity", "--local", "--color", "no", *excluded],
        default=True,
        ansible_core_version=core,
        ansible_core_source="pypi",
        callback_before=before,
        # What is left there would be copied here, and antsibull-nox stumbles over directories in directories.
        callback_after=lambda: shutil.rmtree("tests/output", ignore_errors=True),
    )


# Between the oldest and the newest, ansible-test finds nothing that neither of them finds.
for version in CORES:
    sanity(version)
antsibull_nox.load_antsibull_nox_toml()


@nox.session(python=False)
@nox.parametrize("code", [nox.param(name, id=name) for name in TYPED])
def mypy(session: nox.Session, code: str) -> None:
    """Check types; each code base has its cache, since they are checked side by side."""
    path = os.pathsep.join(map(str, (WORK / "collections", ROOT / "lab", ROOT / "tools", ROOT)))
    session.run(BIN / "mypy", "--cache-dir", WORK / "mypy" / code, *TYPED[code], env={"MYPYPATH": path})


@nox.session(python=False)
def yamllint(session: nox.Session) -> None:
    """Check YAML files."""
    session.run(BIN / "yamllint", "--strict", ".")


@nox.session(name="ci-files", python=False)
def ci_files(session: nox.Session) -> None:
    """Check the files of CI services, issue forms and pre-commit against their schemas."""
    kinds = {
        "github-workflows": ".github/workflows/*.yml",
        "github-issue-forms": ".github/ISSUE_TEMPLATE/*_*.yml",
        "github-issue-config": ".github/ISSUE_TEMPLATE/config.yml",
        "gitlab-ci": ".gitlab-ci.yml",
    }
    for schema, pattern in kinds.items():
        more = ("--data-transform", "gitlab-ci") if schema == "gitlab-ci" else ()
        paths = sorted(map(str, ROOT.glob(pattern)))
        session.run(BIN / "check-jsonschema", "--builtin-schema", f"vendor.{schema}", *more, *paths)
    session.run(BIN / "pre-commit", "validate-config")


@nox.session(python=False)
@nox.parametrize("what", [nox.param("check", id="check"), nox.param("format", id="format")])
def ruff(session: nox.Session, what: str) -> None:
    """Check Python files and their format."""
    words = {"check": ("check",), "format": ("format", "--check", "--diff")}[what]
    session.run(BIN / "ruff", *words, "--no-cache", ".")


@nox.session(python=False)
def shellcheck(session: nox.Session) -> None:
    """Check shell scripts, which are known by their first line."""
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [path for path in map(Path, listing.splitlines()) if path.is_file()]
    scripts = [path for path in paths if re.match(rb"#!/(usr/)?bin/(env )?(ba)?sh\n", path.read_bytes()[:24])]
    session.run(BIN / "shellcheck", *scripts)


@nox.session(name="role-docs", python=False)
def role_docs(session: nox.Session) -> None:
    """Check that what is made of the roles' argument specs is up to date; `make docs` makes it."""
    session.run(sys.executable, "-B", "tools/role_docs.py", "--check")


@nox.session(name="docs-site", python=False)
def docs_site(session: nox.Session) -> None:
    """Build docs/ and the reference as a site. A warning is an error; links to other sites are not followed."""
    session.run(sys.executable, "-B", "-m", "workshop.docsite", str(WORK / "site"), env={"PYTHONPATH": "tools"})


@nox.session(python=False)
def changelog(session: nox.Session) -> None:
    """Check the fragments of the changelog."""
    session.run(BIN / "antsibull-changelog", "lint")


@nox.session(name="galaxy-importer")
def galaxy_importer(session: nox.Session) -> None:
    """Build the collection and have the importer of Galaxy judge it; the session ansible-lint has linted the same."""
    # It asks for other versions of what requirements-dev.txt has.
    session.install("galaxy-importer==0.4.44")
    place = WORK / "importer"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    settings = {"RUN_ANSIBLE_LINT": "False", "REQUIRE_V1_OR_GREATER": "False", "ANSIBLE_LOCAL_TMP": str(place)}
    env: dict[str, str | None] = {f"GALAXY_IMPORTER_{name}": value for name, value in settings.items()}
    built = archive.build(place)
    with session.chdir(place):
        said = session.run("python", "-m", "galaxy_importer.main", built.name, env=env, silent=True)
    session.log(said)
    complaints = re.findall(r"^(?:ERROR|WARNING): (.*)", str(said), re.MULTILINE)
    if complaints:
        session.error("the importer complains: " + "; ".join(complaints))


@nox.session(name="execution-environment", python=False)
def execution_environment(session: nox.Session) -> None:
    """Check that ansible-builder finds what the collection needs, and makes a build context of the example."""
    place = WORK / "builder"
    shutil.rmtree(place, ignore_errors=True)
    collections = place / "ansible_collections"
    place.mkdir(parents=True)
    with tarfile.open(archive.build(place)) as built:
        built.extractall(collections / "ovirt_contrib" / "containers", filter="data")
    builder = BIN / "ansible-builder"
    found = str(session.run(builder, "introspect", str(place), silent=True))
    for wanted in ("ovirt-engine-sdk-python>=4.4.0", "libxml2-devel"):
        if wanted not in found:
            session.error(f"ansible-builder does not find {wanted}: {found}")
    example, context = ROOT / "execution-environment.yml", place / "context"
    session.run(builder, "create", "--file", example, "--context", context, "--output-filename", "Containerfile")
    needed = (context / "_build" / "requirements.yml").read_text()
    if "ovirt_contrib.containers" not in needed:
        session.error(f"the collection is not in the build context: {needed}")
