"""The forms of the door; those of other pages stand beside their pages."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired


class SignInForm(FlaskForm):
    """E-mail address and password, with the form that the visitor had sent when their session was over."""

    email = EmailField("E-mail address", [InputRequired("Enter your e-mail address")])
    password = PasswordField("Password", [InputRequired("Enter your password")])
    to = HiddenField()
    kept = HiddenField()


class PasswordForm(FlaskForm):
    """The present password and the new one, twice."""

    old_password = PasswordField("Present password", [InputRequired("Enter your present password")])
    new_password = PasswordField("New password", [InputRequired("Enter a new password")])
    again = PasswordField("New password again", [InputRequired("Enter the new password again")])
