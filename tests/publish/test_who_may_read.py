"""The licence guard: respondents behind a closed door, which nothing but the user's own sentence opens."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from indievaluecatalog.dataset.manifest import read_manifest, write_manifest
from indievaluecatalog.publish.errors import PublishError
from indievaluecatalog.publish.gate import gate_front_matter, holds_respondents, right_sentence, with_gate
from indievaluecatalog.publish.parcel import pack
from indievaluecatalog.publish.push import push_dataset
from tests.publish.conftest import REPO
from tests.publish.hub_server import READER, STRANGER, WRITER, Hub

HUB = "https://hub.example"


def card_of(folder: Path, **options: bool) -> dict[str, object]:
    files = {file.path: file for file in pack(folder, REPO, HUB, **options).files}
    front: dict[str, object] = yaml.safe_load(files["README.md"].read().decode().split("---\n", 2)[1])
    return front


@pytest.mark.parametrize("right", [None, "yes", "I hold the right.", right_sentence("org/another")])
def test_respondents_do_not_go_public(hub: Hub, real_build: Path, right: str | None) -> None:
    with pytest.raises(PublishError) as told:
        push_dataset(real_build, REPO, access="public", right=right)
    assert right_sentence(REPO) in str(told.value), "says what would have to be stated"
    assert not hub.requests


def test_respondents_go_public_by_the_users_own_sentence(hub: Hub, real_build: Path) -> None:
    said = push_dataset(real_build, REPO, access="public", right=right_sentence(REPO), dry_run=True)
    assert (said.plan.access, said.parcel.respondents) == ("public", True)


def test_respondents_go_private_by_default_with_the_gate_in_the_card(hub: Hub, real_build: Path) -> None:
    done = push_dataset(real_build, REPO)
    assert (hub.repos[REPO].private, done.plan.access) == (True, "private")
    front = card_of(real_build)
    assert set(gate_front_matter()) <= set(front)
    assert "checkbox" in front["extra_gated_fields"].values()  # type: ignore[union-attr]


def test_a_gated_repository_is_gated_before_anything_is_sent(hub: Hub, real_build: Path) -> None:
    push_dataset(real_build, REPO, access="gated")
    assert (hub.repos[REPO].private, hub.repos[REPO].gated) == (False, "manual")
    paths = [path for method, path in hub.requests if method in ("POST", "PUT")]
    settings = [at for at, path in enumerate(paths) if path.endswith("/settings")]
    first_file = next(at for at, path in enumerate(paths) if "preupload" in path or path.startswith("/lfs/"))
    assert len(settings) == 2
    assert max(settings) < first_file
    assert paths[0] == "/api/repos/create"


def test_a_hub_that_does_not_close_the_door_gets_nothing(hub: Hub, real_build: Path) -> None:
    hub.new(REPO, {})
    hub.deaf_to_settings = True
    with pytest.raises(PublishError, match="does not keep this repository closed, so no respondent was sent"):
        push_dataset(real_build, REPO, access="gated")
    assert not hub.sent


def test_a_door_opened_while_files_are_sent_stops_the_commit(
    hub: Hub, real_build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import HfApi

    monkeypatch.setattr(HfApi, "preupload_lfs_files", lambda *_, **__: setattr(hub.repos[REPO], "private", False))
    with pytest.raises(PublishError, match="no respondent was sent"):
        push_dataset(real_build, REPO)
    assert len(hub.repos[REPO].commits) == 1


def test_respondents_do_not_go_into_a_repository_that_is_public_already(hub: Hub, real_build: Path) -> None:
    hub.new(REPO, {})
    with pytest.raises(PublishError, match=r"is public, and these are real respondents. Say --access private"):
        push_dataset(real_build, REPO)
    assert not hub.sent


def test_a_closed_repository_is_never_opened(hub: Hub, build: Path) -> None:
    hub.new(REPO, {}, private=True)
    with pytest.raises(PublishError, match=r"is private, and its earlier commits may hold respondents"):
        push_dataset(build, REPO, access="public", catalog_only=True)
    assert hub.repos[REPO].private


def test_a_gated_repository_stays_gated_when_it_is_pushed_to_again(hub: Hub, build: Path) -> None:
    hub.new(REPO, {}).gated = "manual"
    assert push_dataset(build, REPO, catalog_only=True).plan.access == "gated"
    assert (hub.repos[REPO].gated, hub.repos[REPO].private) == ("manual", False)


def test_a_private_repository_that_has_a_gate_besides_stays_private(hub: Hub, build: Path) -> None:
    hub.new(REPO, {}, private=True).gated = "manual"
    assert push_dataset(build, REPO, catalog_only=True).plan.access == "private"
    assert (hub.repos[REPO].gated, hub.repos[REPO].private) == ("manual", True)


def test_a_gate_that_opens_to_whoever_asks_is_none_for_respondents(hub: Hub, real_build: Path) -> None:
    hub.new(REPO, {}).gated = "auto"
    with pytest.raises(PublishError, match=r"opens to whoever fills in the form.*--access gated"):
        push_dataset(real_build, REPO)
    assert not hub.sent
    push_dataset(real_build, REPO, access="gated")
    assert (hub.repos[REPO].gated, hub.repos[REPO].private) == ("manual", False)
    assert hub.sent


def test_a_private_repository_is_shown_only_behind_a_gate_that_somebody_keeps(hub: Hub, build: Path) -> None:
    hub.new(REPO, {"old.csv": b"respondents"}, private=True).gated = "auto"
    push_dataset(build, REPO, access="gated", catalog_only=True, replace=True)
    assert (hub.repos[REPO].gated, hub.repos[REPO].private) == ("manual", False)


def test_synthetic_persons_may_be_public(hub: Hub, build: Path) -> None:
    assert push_dataset(build, REPO, access="public", dry_run=True).plan.access == "public"
    assert "extra_gated_prompt" not in card_of(build)


def test_the_statements_alone_may_be_public_even_of_a_real_build(hub: Hub, real_build: Path) -> None:
    done = push_dataset(real_build, REPO, access="public", catalog_only=True)
    assert not hub.repos[REPO].private
    assert not done.parcel.respondents
    tables = {file.path for file in done.parcel.files if file.path.endswith(".parquet")}
    assert tables == {f"data/{config}/train-00000-of-00001.parquet" for config in ("questions", "options")}
    built = read_manifest(real_build)
    manifest = next(file for file in done.parcel.files if file.path == "manifest.json").read().decode()
    for counted in ("counts", "splits", "answers_digest", "input"):
        assert counted in built
        assert f'"{counted}"' not in manifest, "nothing that was counted from persons"
    assert "extra_gated_prompt" not in card_of(real_build, catalog_only=True)


@pytest.mark.parametrize("changed", [{"wave": "my_own"}, {"catalog_digest": "0" * 64}])
def test_statements_of_ones_own_do_not_get_our_licence(build: Path, changed: dict[str, str]) -> None:
    assert card_of(build, catalog_only=True)["license"] == "mit"
    (build / "manifest.json").write_text(json.dumps(read_manifest(build) | changed))
    assert card_of(build, catalog_only=True)["license"] == "unknown"


def test_a_manifest_that_calls_real_persons_synthetic_is_found_out(build: Path) -> None:
    path = build / "data" / "refined" / "test-00000-of-00001.parquet"
    table = pq.read_table(path)
    at = table.schema.get_field_index("synthetic")
    pq.write_table(table.set_column(at, "synthetic", pa.array([False] + [True] * (len(table) - 1))), path)
    manifest = read_manifest(build)
    write_manifest(build, manifest)
    with pytest.raises(PublishError, match=r"holds persons not marked as synthetic, but manifest.json calls"):
        pack(build, REPO, HUB)


@pytest.mark.parametrize("name", ["people.sav", "people.csv.gz", "people.RData", "data/people.parquet"])
def test_a_survey_file_is_never_sent(build: Path, name: str) -> None:
    (build / name).write_bytes(b"$FL2")
    write_manifest(build, read_manifest(build))
    with pytest.raises(PublishError, match=r"people.*: looks like a survey file, which is never sent"):
        pack(build, REPO, HUB)


def test_a_manifest_that_does_not_say_is_taken_for_real(build: Path) -> None:
    manifest = {key: value for key, value in read_manifest(build).items() if key != "synthetic"}
    assert holds_respondents(build, manifest)


def test_a_gate_that_a_card_has_already_is_left_as_it_is() -> None:
    card = "---\nextra_gated_prompt: mine\n---\n\n# A\n\n---\nrule\n"
    made = with_gate(card, {"extra_gated_prompt": "ours", "extra_gated_button_content": "Ask"})
    assert made == "---\nextra_gated_prompt: mine\nextra_gated_button_content: Ask\n---\n\n# A\n\n---\nrule\n"
    with pytest.raises(PublishError, match="has no YAML"):
        with_gate("# A card\n", {"extra_gated_prompt": "ours"})


@pytest.mark.parametrize(
    ("token", "told"),
    [
        (None, "no token to push with. Log in with `hf auth login`, or set HF_TOKEN"),
        ("hf_unknownunknown", "does not know this token \\(401\\)"),
        (READER, "has no right to do this \\(403\\). Use a token that may write to org"),
        (STRANGER, "has no right to do this \\(403\\)"),
    ],
)
@pytest.mark.parametrize("there", [False, True])
def test_a_token_that_does_not_do(
    hub: Hub, build: Path, monkeypatch: pytest.MonkeyPatch, token: str | None, told: str, there: bool
) -> None:
    if there:
        hub.new(REPO, {})
    monkeypatch.delenv("HF_TOKEN") if token is None else monkeypatch.setenv("HF_TOKEN", token)
    with pytest.raises(PublishError, match=f"org/values: .*{told}") as raised:
        push_dataset(build, REPO, catalog_only=True)
    assert not hub.sent
    error: BaseException | None = raised.value
    while error is not None:
        assert token is None or token not in str(error) + repr(vars(error))
        error = error.__cause__ or error.__context__
    assert raised.value.__context__ is None, "the client's exception, whose request holds the token, stays behind"


def test_what_a_server_says_is_told_without_the_token(hub: Hub, build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import HfApi

    def echoing(*_: object, **__: object) -> None:
        raise ValueError(f"odd header: Bearer {WRITER}")

    monkeypatch.setattr(HfApi, "create_repo", echoing)
    with pytest.raises(PublishError, match=r"odd header: Bearer \(token\)"):
        push_dataset(build, REPO, catalog_only=True)


def test_without_a_token_a_dry_run_shows_what_a_new_repository_gets(
    hub: Hub, build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    said = push_dataset(build, REPO, catalog_only=True, dry_run=True)
    assert (said.looked, len(said.plan.send)) == (False, len(said.parcel.files))
    assert not hub.requests


def test_offline_says_so(hub: Hub, build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(PublishError, match="HF_HUB_OFFLINE is set"):
        push_dataset(build, REPO, catalog_only=True)
    assert json.loads((build / "manifest.json").read_text("utf-8"))["synthetic"] is True
