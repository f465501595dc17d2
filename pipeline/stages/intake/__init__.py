"""Intake: what was received becomes requests, replies, bounces and the rest, each with its reasons."""

from pipeline.stages.intake.run import Intake

__all__ = ["Intake"]
