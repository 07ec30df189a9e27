"""Writes the YAML of docs/recipes as NAME.yaml and the shell as NAME.sh, without lines that install."""

import pathlib
import re
import sys

import hcl2
import yaml

RECIPES = pathlib.Path(__file__).parents[2] / "docs/recipes"


def github_actions(document):
    steps = [step for job in document["jobs"].values() for step in job["steps"]]
    return [step["run"] for step in steps if "run" in step]


def gitlab_ci(document):
    return [line for job in document.values() for line in job["before_script"] + job["script"]]


def kubernetes(document):
    (container,) = document["spec"]["template"]["spec"]["containers"]
    assert container["command"] == ["sh", "-ec"], container["command"]
    return container["args"]


def jenkins(source):
    return re.findall(r"sh '''(.*?)'''", source, re.DOTALL)


def terraform(source):
    # The environment of the provisioner holds the ids, one per line.
    environment = "JOBS=$(cat jobs.txt) && export JOBS"
    resources = [block for resource in hcl2.loads(source)["resource"] for block in resource.values()]
    provisioners = [body["provisioner"] for block in resources for body in block.values() if "provisioner" in body]
    commands = [local["command"] for (provisioner,) in provisioners for local in provisioner.values()]
    heredoc = re.compile(r'^"?<<-?EOT\n(.*)\n\s*EOT"?$', re.DOTALL)
    return [environment, *(heredoc.sub(r"\1", command) for command in commands)]


YAML = {"github-actions": github_actions, "gitlab-ci": gitlab_ci, "kubernetes": kubernetes}
OTHERS = {"jenkins": jenkins, "terraform": terraform}


def main(folder):
    pages = {page.stem: page.read_text() for page in RECIPES.glob("*.md") if page.stem != "README"}
    assert pages.keys() == YAML.keys() | OTHERS.keys(), f"a recipe that is not checked: {pages.keys()}"
    for name, page in pages.items():
        (fence,) = re.findall(r"^```\w+\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
        if name in YAML:
            (folder / f"{name}.yaml").write_text(fence)
            scripts = YAML[name](yaml.safe_load(fence))
        else:
            scripts = OTHERS[name](fence)
        lines = [line for script in scripts for line in script.splitlines()]
        lines = [line.strip() for line in lines if "cargo install" not in line]
        assert any("drs precheck" in line for line in lines), f"{name}: no shell"
        (folder / f"{name}.sh").write_text("\n".join(lines) + "\n")


main(pathlib.Path(sys.argv[1]))
