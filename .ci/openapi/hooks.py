"""Facts that Schemathesis cannot know from the document: the ids of tasks, and that int32 is not a limit."""

import schemathesis
from schemathesis import GenerationMode

known_ids = []


def at(value, pointer):
    for part in pointer.split("/")[1:]:
        value = value[part]
    return value


def places(operation):
    """Returns where a call names its tasks: the array, and the id in each item; empty when the item is the id."""
    batch = operation.get("x-drs", {}).get("batch", {})
    return batch.get("request"), batch.get("asked", "").strip("/")


def without_int32(schema):
    """Removes int32: a format is an annotation in JSON Schema, but Schemathesis treats it as a limit."""
    if isinstance(schema, dict):
        if schema.get("format") == "int32":
            del schema["format"]
        schema = list(schema.values())
    if isinstance(schema, list):
        for below in schema:
            without_int32(below)


@schemathesis.hook
def before_load_schema(context, raw_schema):
    without_int32(raw_schema["components"]["schemas"])
    for methods in raw_schema["paths"].values():
        for operation in methods.values():
            tasks, task_id = places(operation)
            # A task that the call creates has a name and no id.
            if tasks is None or task_id == "name":
                continue
            for example in operation["requestBody"]["content"]["application/json"]["examples"].values():
                known_ids.extend(task[task_id] if task_id else task for task in at(example["value"], tasks))


@schemathesis.hook
def before_call(context, case, kwargs):
    """Replaces invented ids, for which every response would be "no such task"."""
    if case.meta.generation.mode == GenerationMode.NEGATIVE:
        return
    tasks, task_id = places(case.operation.definition.raw)
    if tasks and task_id != "name":
        tasks = at(case.body, tasks)
        for index, task in enumerate(tasks):
            known_id = known_ids[index % len(known_ids)]
            if not task_id:
                tasks[index] = known_id
            elif task_id in task:
                task[task_id] = known_id
    if "job_id" in case.path_parameters:
        case.path_parameters["job_id"] = known_ids[0]
