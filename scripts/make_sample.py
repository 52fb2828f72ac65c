#!/usr/bin/env python3
"""Write the embedded Hindi-English sample corpus.

The corpus is produced by a small hand-written grammar: tables of words, tables of
predicates and tables of sentence patterns, all below, and the inflection rules of the two
languages.  Every sentence is a random walk through these tables with a fixed seed, so the
same files come out on every machine.

Usage: python scripts/make_sample.py [--out data/sample]

How the tables are read
-----------------------
Nouns      ``word GENDER english[=plural]``; GENDER is ``M`` (masculine in -aa, inflecting:
           larkaa, larke), ``m`` (other masculine) or ``f`` (feminine).  ``~`` marks a mass
           noun, ``+`` a noun used in the plural only.
Predicates ``hindi @STEM[/gn] | english``; the English starts with the base form of its verb.
           ``{o:class}`` is the unmarked direct object, ``{g}`` a goal, ``{l}`` a location,
           ``{r.dat}`` and the like a person with a postposition.  ``/fs`` gives the gender and
           number a verb agrees with when its object is part of the idiom.
Patterns   ``{A past x}`` stands for a clause: subject A, tense ``past``, predicate x.  See
           ``Scene`` for the names of subjects and predicates.

The corpus is dedicated to the public domain (CC0 1.0).
"""

from __future__ import annotations

import argparse
import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

SEED = 20240517
SIZES = {"train": 18000, "dev": 500, "test": 1000}
# (shortest, longest, share): Hindi words per sentence and the part of each file they fill.
BINS = ((3, 9, 0.39), (10, 19, 0.29), (20, 30, 0.185), (31, 48, 0.135))

# --------------------------------------------------------------------------- lexicon

NOUNS = {
    "fruit": "सेब m apple; केला M banana; आम m mango=mangoes; संतरा M orange; अमरूद m guava; अनार m pomegranate",
    "veg": "आलू m potato=potatoes; टमाटर m tomato=tomatoes; प्याज़ m onion; गाजर f carrot; बैंगन m eggplant; "
    "सब्ज़ी f vegetable",
    "meal": "खाना M food~; चावल m rice~; दाल f dal~; खिचड़ी f khichdi~; सूप m soup~; हलवा M halva~; मछली f fish~",
    "bake": "रोटी f roti; मिठाई f sweet; केक m cake; समोसा M samosa; पराठा M paratha",
    "drink": "पानी m water~; दूध m milk~; चाय f tea~; कॉफ़ी f coffee~; रस m juice~; लस्सी f lassi~; शरबत m sherbet~",
    "read": "किताब f book; कहानी f story=stories; कविता f poem; अख़बार m newspaper; पत्रिका f magazine; "
    "उपन्यास m novel; लेख m article; पत्र m letter; रिपोर्ट f report",
    "wear": "कमीज़ f shirt; साड़ी f sari; कुर्ता M kurta; टोपी f cap; कोट m coat; दुपट्टा M scarf=scarves; "
    "कपड़ा M clothes=clothes+; जूता M shoes=shoes+; स्वेटर m sweater",
    "thing": "घड़ी f watch=watches; छाता M umbrella; थैला M bag; चाबी f key; गिलास m glass=glasses; कप m cup; "
    "थाली f plate; चाकू m knife=knives; कलम f pen; पेंसिल f pencil; नक्शा M map; तस्वीर f picture; "
    "डिब्बा M box=boxes; कंबल m blanket; चादर f sheet; शीशा M mirror; दीपक m lamp; चम्मच m spoon; "
    "टोकरी f basket; बाल्टी f bucket",
    "toy": "खिलौना M toy; गेंद f ball; गुड़िया f doll; पतंग f kite; गुब्बारा M balloon",
    "furniture": "कुर्सी f chair; मेज़ f table; अलमारी f cupboard; पलंग m bed; पंखा M fan",
    "device": "फ़ोन m phone; कंप्यूटर m computer; रेडियो m radio=radios; कैमरा M camera",
    "vehicle": "साइकिल f bicycle; गाड़ी f car; बस f bus=buses; ट्रक m truck; नाव f boat; मोटरसाइकिल f motorcycle",
    "building": "घर m house; दुकान f shop; इमारत f building; कमरा M room; पुल m bridge; मकान m home",
    "nature": "पेड़ m tree; नदी f river; पहाड़ m mountain; झील f lake; जंगल m forest; सड़क f road; रास्ता M path",
    "flower": "फूल m flower; पौधा M plant; गुलाब m rose; कमल m lotus=lotuses; पत्ता M leaf=leaves",
    "crop": "गेहूँ m wheat~; मक्का M maize~; गन्ना M sugarcane~; धान m paddy~; सरसों f mustard~",
    "pet": "कुत्ता M dog; बिल्ली f cat; गाय f cow; घोड़ा M horse; भैंस f buffalo=buffaloes; बकरी f goat; "
    "भेड़ f sheep=sheep; ऊँट m camel; खरगोश m rabbit; तोता M parrot",
    "wild": "बंदर m monkey; हाथी m elephant; शेर m lion; मोर m peacock; चिड़िया f bird; हिरण m deer=deer",
    "person": "लड़का M boy; लड़की f girl; बच्चा M child=children; आदमी m man=men; औरत f woman=women; "
    "छात्र m student; पड़ोसी m neighbor; मेहमान m guest; यात्री m traveler; बूढ़ा M old~man=old~men",
    "worker": "किसान m farmer; दुकानदार m shopkeeper; माली m gardener; ड्राइवर m driver; मज़दूर m worker; "
    "कलाकार m artist; गायक m singer; लेखक m writer; वैज्ञानिक m scientist; इंजीनियर m engineer; नर्स f nurse; "
    "खिलाड़ी m player; मछुआरा M fisherman=fishermen; डाकिया M postman=postmen; सिपाही m soldier; वकील m lawyer; "
    "दर्ज़ी m tailor; रसोइया M cook; बढ़ई m carpenter; पत्रकार m journalist; अध्यापिका f teacher; लोहार m blacksmith",
    "kin": "भाई m brother; बहन f sister; बेटा M son; बेटी f daughter; दोस्त m friend; पड़ोसी m neighbor",
    "elder": "माँ f mother; पिता m father; दादी f grandmother; दादा m grandfather; चाचा m uncle; चाची f aunt",
    "study": "गणित m mathematics~; विज्ञान m science~; इतिहास m history~; हिंदी f Hindi~; अंग्रेज़ी f English~; "
    "संस्कृत f Sanskrit~; भूगोल m geography~",
    "game": "क्रिकेट m cricket~; फ़ुटबॉल m football~; शतरंज m chess~; हॉकी f hockey~; कबड्डी f kabaddi~",
    "song": "गाना M song; भजन m hymn; ग़ज़ल f ghazal",
    "show": "फ़िल्म f film; मैच m match=matches; नाटक m play; तमाशा M show",
    "music": "सितार m sitar; तबला M tabla; बाँसुरी f flute; गिटार m guitar; ढोल m drum",
    "task": "सवाल m question; परीक्षा f exam; यात्रा f journey; समस्या f problem; योजना f plan; नौकरी f job",
    "open": "दरवाज़ा M door; खिड़की f window; संदूक m trunk; फाटक m gate",
}
WIDER = {
    "food": "fruit meal bake", "buyfood": "fruit veg", "gift": "toy read wear thing",
    "goods": "thing wear toy furniture device", "own": "read wear thing toy device", "animal": "pet wild",
    "big": "building nature furniture", "cheap": "wear thing toy furniture", "any": "person worker",
}
NAMES = (
    "राम m Ram; मोहन m Mohan; अमित m Amit; रवि m Ravi; सुरेश m Suresh; विजय m Vijay; अर्जुन m Arjun; "
    "रोहन m Rohan; समीर m Sameer; इमरान m Imran; राहुल m Rahul; जॉन m John; सीता f Sita; राधा f Radha; "
    "अनिता f Anita; प्रिया f Priya; मीना f Meena; नेहा f Neha; कमला f Kamala; लता f Lata; फ़ातिमा f Fatima; "
    "गीता f Gita; सलमा f Salma; मारिया f Maria"
)
# Hindi oblique + postposition, English "to" phrase, English location phrase.
PLACES = """
बाज़ार|बाज़ार में|to the market|in the market
स्कूल|स्कूल में|to school|at school
घर|घर पर|home|at home
दफ़्तर|दफ़्तर में|to the office|at the office
पार्क|पार्क में|to the park|in the park
बगीचे|बगीचे में|to the garden|in the garden
नदी पर|नदी के किनारे|to the river|by the river
स्टेशन|स्टेशन पर|to the station|at the station
अस्पताल|अस्पताल में|to the hospital|in the hospital
मंदिर|मंदिर में|to the temple|in the temple
पुस्तकालय|पुस्तकालय में|to the library|in the library
मैदान|मैदान में|to the playground|on the playground
खेत|खेत में|to the field|in the field
गाँव|गाँव में|to the village|in the village
शहर|शहर में|to the city|in the city
होटल|होटल में|to the hotel|in the hotel
बैंक|बैंक में|to the bank|at the bank
डाकघर|डाकघर में|to the post office|at the post office
मेले|मेले में|to the fair|at the fair
"""
CITIES = (
    "दिल्ली Delhi; मुंबई Mumbai; कोलकाता Kolkata; चेन्नई Chennai; जयपुर Jaipur; लखनऊ Lucknow; पटना Patna; "
    "आगरा Agra; वाराणसी Varanasi; भोपाल Bhopal; पुणे Pune; शिमला Shimla"
)
SPOTS = (
    "मेज़ पर|on the table; मेज़ के नीचे|under the table; अलमारी में|in the cupboard; कुर्सी पर|on the chair; "
    "पलंग के नीचे|under the bed; दरवाज़े के पीछे|behind the door; खिड़की के पास|near the window; "
    "थैले में|in the bag; डिब्बे के अंदर|inside the box; टोकरी में|in the basket; दीपक के सामने|in front of the lamp"
)
# Adjectives: Hindi citation form and English; those in -aa inflect.  A trailing * = "more/most".
ADJECTIVES = {
    "book": "नया new; पुराना old; अच्छा good; रोचक interesting*; लंबा long; प्रसिद्ध famous*; उपयोगी useful*; छोटा small",
    "cloth": "नया new; पुराना old; लाल red; नीला blue; सफ़ेद white; काला black; पीला yellow; हरा green; महँगा expensive*; "
    "सस्ता cheap; सुंदर beautiful*; साफ़ clean; गंदा dirty; गीला wet; सूखा dry",
    "object": "नया new; पुराना old; बड़ा big; छोटा small; भारी heavy; हल्का light; महँगा expensive*; सस्ता cheap; "
    "मज़बूत strong; लाल red; खाली empty; सुंदर beautiful*; काला black; नीला blue; गोल round",
    "food": "ताज़ा fresh; मीठा sweet; खट्टा sour; अच्छा good",
    "dish": "गरम hot; ठंडा cold; स्वादिष्ट tasty; ताज़ा fresh; अच्छा good",
    "drink": "गरम hot; ठंडा cold; मीठा sweet; अच्छा good",
    "place": "बड़ा big; छोटा small; पुराना old; नया new; सुंदर beautiful*; साफ़ clean; शांत quiet; खाली empty",
    "nature": "सुंदर beautiful*; ऊँचा high; गहरा deep; चौड़ा wide; लंबा long; साफ़ clean; बड़ा big; घना dense; खतरनाक dangerous*",
    "animal": "छोटा small; बड़ा big; काला black; सफ़ेद white; भूरा brown; मोटा fat; सुंदर beautiful*; तेज़ fast; भूखा hungry",
    "person": "लंबा tall; बहादुर brave; ईमानदार honest*; मेहनती hardworking*; बुद्धिमान intelligent*; दयालु kind; "
    "आलसी lazy; अमीर rich; ग़रीब poor; अच्छा good; समझदार sensible*; प्रसिद्ध famous*; मज़बूत strong; कमज़ोर weak; पतला thin",
    "task": "आसान easy; कठिन difficult*; लंबा long; नया new; ज़रूरी important*; रोचक interesting*; बड़ा big",
    "mood": "खुश happy; दुखी sad; नाराज़ angry; बीमार ill; स्वस्थ healthy; व्यस्त busy; तैयार ready; चिंतित worried; "
    "अकेला alone; भूखा hungry; प्यासा thirsty; परेशान upset; सुरक्षित safe; हैरान surprised",
}
ADJ_OF = {
    "read": "book", "wear": "cloth", "thing": "object", "toy": "object", "furniture": "object", "device": "object",
    "vehicle": "object", "fruit": "food", "veg": "food", "bake": "dish", "meal": "dish", "drink": "drink",
    "building": "place", "nature": "nature", "flower": "cloth", "pet": "animal", "wild": "animal", "person": "person",
    "worker": "person", "kin": "person", "task": "task", "show": "book", "song": "book", "open": "object",
}
# Adjectives a particular noun cannot take although its class can.
ODD = {
    "नदी": "ऊँचा घना", "पहाड़": "गहरा चौड़ा घना लंबा साफ़", "झील": "ऊँचा घना लंबा चौड़ा", "जंगल": "ऊँचा चौड़ा लंबा साफ़",
    "सड़क": "ऊँचा गहरा घना", "रास्ता": "ऊँचा गहरा घना", "पेड़": "गहरा चौड़ा लंबा साफ़ घना खतरनाक", "घोड़ा": "",
    "पुल": "शांत खाली", "फूल": "नया पुराना महँगा सस्ता काला गंदा साफ़ हरा", "पौधा": "लाल नीला सफ़ेद काला पीला गंदा साफ़ गीला पुराना",
    "गुलाब": "नया पुराना हरा नीला गंदा साफ़ काला", "कमल": "नया पुराना हरा काला पीला महँगा सस्ता साफ़ गंदा सूखा",
    "पत्ता": "नया पुराना महँगा सस्ता नीला सफ़ेद काला साफ़ गंदा", "मैच": "नया पुराना छोटा उपयोगी", "तमाशा": "उपयोगी लंबा",
    "गाय": "तेज़", "बैंगन": "मीठा खट्टा", "आलू": "मीठा खट्टा", "प्याज़": "मीठा खट्टा", "सब्ज़ी": "मीठा खट्टा", "गाजर": "खट्टा",
    "केला": "खट्टा", "टमाटर": "मीठा", "पानी": "अच्छा", "शेर": "काला सफ़ेद छोटा", "हाथी": "तेज़ छोटा सफ़ेद", "मोर": "काला मोटा भूरा",
    "तोता": "काला भूरा बड़ा मोटा", "नक्शा": "भारी हल्का खाली मज़बूत काला नीला गोल लाल", "तस्वीर": "भारी हल्का खाली मज़बूत काला नीला गोल लाल",
    "चाकू": "खाली गोल", "कलम": "खाली गोल भारी", "पेंसिल": "खाली गोल भारी", "चाबी": "खाली गोल लाल नीला काला", "कंबल": "खाली गोल मज़बूत",
    "चादर": "खाली गोल मज़बूत", "घड़ी": "खाली मज़बूत", "छाता": "खाली गोल", "दीपक": "खाली नीला काला लाल", "फ़ोन": "खाली गोल",
    "कंप्यूटर": "खाली गोल लाल", "रेडियो": "खाली गोल", "कैमरा": "खाली गोल", "गेंद": "खाली मज़बूत महँगा भारी", "गुड़िया": "खाली गोल मज़बूत भारी काला",
    "पतंग": "खाली गोल भारी मज़बूत", "गुब्बारा": "खाली भारी मज़बूत पुराना महँगा", "खिलौना": "खाली गोल भारी", "पंखा": "खाली गोल लाल हल्का",
    "साइकिल": "खाली गोल", "गाड़ी": "गोल हल्का खाली", "बस": "गोल हल्का सस्ता महँगा", "ट्रक": "गोल हल्का सुंदर", "नाव": "गोल",
    "मोटरसाइकिल": "गोल खाली हल्का", "मिठाई": "गरम ठंडा", "केक": "गरम ठंडा", "पत्र": "प्रसिद्ध उपयोगी", "अख़बार": "प्रसिद्ध लंबा छोटा",
    "रिपोर्ट": "प्रसिद्ध छोटा", "रोटी": "ठंडा", "मेहमान": "मज़बूत कमज़ोर आलसी ग़रीब", "बूढ़ा": "आलसी लंबा", "पत्रिका": "लंबा छोटा",
    "पलंग": "गोल खाली हल्का", "अलमारी": "गोल हल्का लाल", "कुर्सी": "गोल", "मेज़": "हल्का", "शीशा": "खाली लाल काला नीला मज़बूत हल्का",
    "फाटक": "खाली गोल हल्का सस्ता महँगा", "दरवाज़ा": "खाली गोल हल्का सस्ता महँगा", "खिड़की": "खाली भारी हल्का सस्ता महँगा मज़बूत",
    "संदूक": "गोल लाल", "परीक्षा": "नया रोचक", "समस्या": "लंबा रोचक ज़रूरी", "नौकरी": "बड़ा लंबा", "यात्रा": "नया आसान बड़ा",
    "सवाल": "नया बड़ा", "योजना": "लंबा", "मछली": "ठंडा", "खिलाड़ी": "आलसी ग़रीब", "सूप": "ताज़ा", "कबड्डी": "", "फ़िल्म": "उपयोगी छोटा",
    "नाटक": "उपयोगी", "चम्मच": "खाली भारी गोल मज़बूत", "टोकरी": "काला", "बाल्टी": "गोल सुंदर", "हिरण": "काला मोटा", "चिड़िया": "मोटा",
    "बच्चा": "ईमानदार मज़बूत अमीर प्रसिद्ध", "बकरी": "तेज़", "भैंस": "सफ़ेद तेज़ सुंदर भूरा", "भेड़": "तेज़", "ऊँट": "काला सफ़ेद छोटा मोटा सुंदर",
    "बंदर": "सफ़ेद काला सुंदर", "कमरा": "पुराना", "इमारत": "शांत खाली", "दीवार": "", "गिलास": "", "थाली": "", "कप": "गोल",
}
GRADES = {
    "good": "better best", "big": "bigger biggest", "heavy": "heavier heaviest", "lazy": "lazier laziest",
    "easy": "easier easiest", "hungry": "hungrier hungriest", "tasty": "tastier tastiest", "dry": "drier driest",
    "dirty": "dirtier dirtiest", "thin": "thinner thinnest", "fat": "fatter fattest", "hot": "hotter hottest",
    "wet": "wetter wettest", "red": "redder reddest", "empty": "emptier emptiest", "brave": "braver bravest",
    "wide": "wider widest", "dense": "denser densest", "white": "whiter whitest", "blue": "bluer bluest",
}
NUMBERS = (
    "दो two; तीन three; चार four; पाँच five; छह six; सात seven; आठ eight; नौ nine; दस ten; ग्यारह eleven; बारह twelve; "
    "पंद्रह fifteen; बीस twenty"
)
# Stems whose perfective takes the ergative marker; all others keep a plain subject.
NE_STEMS = set(
    "खा पी पढ़ लिख देख सुन सीख सिखा पढ़ा खरीद बेच बना धो काट खोल कर भेज दे ले दिखा बुला पूछ बता कह समझ जान सोच "
    "रख ढूँढ खो तोड़ लगा उगा पहन उठा फेंक पकड़ चला सी बजा गा खेल जीत छू छोड़ चुन माँग पका बो सजा भर नाप मना बदल जला बाँध पाल बिता समझा "
    "पिला खिला चाह".split()
)
IRREGULAR = {
    w.split()[0]: (w.split()[1], w.split()[2])
    for w in (
        "eat ate eaten; drink drank drunk; read read read; write wrote written; see saw seen; buy bought bought; "
        "sell sold sold; make made made; cut cut cut; send sent sent; give gave given; take took taken; "
        "show showed shown; meet met met; teach taught taught; tell told told; say said said; speak spoke spoken; "
        "know knew known; think thought thought; forget forgot forgotten; bring brought brought; put put put; "
        "lose lost lost; break broke broken; grow grew grown; wear wore worn; throw threw thrown; "
        "catch caught caught; drive drove driven; sew sewed sewn; sing sang sung; win won won; go went gone; "
        "come came come; leave left left; sit sat sat; sleep slept slept; get got gotten; run ran run; "
        "swim swam swum; fall fell fallen; fly flew flown; choose chose chosen; begin began begun; "
        "understand understood understood; be was been; have had had; do did done; feel felt felt; feed fed fed; "
        "fight fought fought; tie tied tied; draw drew drawn; set set set; hear heard heard; find found found; "
        "keep kept kept; ring rang rung; light lit lit"
    ).split("; ")
}
DOUBLE = set("swim run sit get cut put stop win set forget begin plan chat".split())

TIMES = {
    "past": "कल|yesterday; पिछले हफ़्ते|last week; पिछले साल|last year; पिछले महीने|last month; आज सुबह|this morning; "
    "दो दिन पहले|two days ago; कल शाम|yesterday evening; पिछले सोमवार को|last Monday; तीन घंटे पहले|three hours ago",
    "fut": "कल|tomorrow; अगले हफ़्ते|next week; अगले महीने|next month; अगले साल|next year; आज शाम|this evening; "
    "कल सुबह|tomorrow morning; अगले मंगलवार को|next Tuesday; शुक्रवार को|on Friday; थोड़ी देर में|in a little while; "
    "दो घंटे बाद|after two hours",
    "hab": "रोज़|every day; हर सुबह|every morning; हर शाम|every evening; हर रविवार|every Sunday; हर हफ़्ते|every week; "
    "गर्मियों में|in summer; सर्दियों में|in winter; छुट्टियों में|during the holidays; शनिवार को|on Saturday",
    "prog": "अभी|now; इस समय|at the moment; आज|today",
    "pastprog": "उस समय|at that time; कल शाम|yesterday evening; कल|yesterday; आज सुबह|this morning",
    "pasthab": "बचपन में|in childhood; उन दिनों|in those days; हर रविवार|every Sunday; गर्मियों में|in summer; रोज़|every day",
    "perf": "अभी-अभी|just now; आज|today",
}
TIME_OF = {
    "past": "past", "could": "past", "hadto": "past", "supposed": "past", "fut": "fut", "willhaveto": "fut",
    "ableto": "fut", "haveto": "fut", "should": "fut", "hab": "hab", "prog": "prog", "pastprog": "pastprog",
    "pasthab": "pasthab", "try": "prog", "want": "fut", "can": "fut", "may": "fut", "began": "past",
}
HOURS = "एक one; दो two; तीन three; चार four; पाँच five; छह six; सात seven; आठ eight; नौ nine; दस ten; ग्यारह eleven"

# --------------------------------------------------------------------------- Hindi inflection

VOWEL_ENDS = "ािीुूेैोौआईऊएओ"


@dataclass(frozen=True)
class Agr:
    """What a Hindi verb agrees with: gender m/f, number s/p, person 1/2/3 (2 is the tum form)."""

    gender: str = "m"
    number: str = "s"
    person: int = 3


DEFAULT = Agr()


def ending(agr: Agr, forms: str = "ा े ी ी") -> str:
    """Pick from masculine singular, masculine plural, feminine singular, feminine plural."""
    return forms.split()[(0 if agr.gender == "m" else 2) + (agr.number == "p")]


def perfective(stem: str, agr: Agr, nasal: bool = False) -> str:
    """Perfective participle; ``nasal`` marks a feminine plural with no auxiliary after it."""
    irregular = {"कर": "कि", "ले": "लि", "दे": "दि", "जा": "ग", "पी": "पि", "सी": "सि"}
    feminine = {"कर": "की", "ले": "ली", "दे": "दी", "पी": "पी", "सी": "सी"}
    fem_plural = "ं" if nasal and agr.number == "p" else ""
    if stem in feminine and agr.gender == "f":
        return feminine[stem] + fem_plural
    if stem in irregular:
        return irregular[stem] + ending(agr, "या ए ई ई") + (fem_plural if agr.gender == "f" else "")
    base = {"हो": "हु", "छू": "छु"}.get(stem, stem)
    forms = "ा े ी ी"
    if base != stem:
        forms = "आ ए ई ई"
    elif stem[-1] in VOWEL_ENDS:
        forms = "या ए ई ई"
    return base + ending(agr, forms) + (fem_plural if agr.gender == "f" else "")


def subjunctive(stem: str, agr: Agr) -> str:
    """Subjunctive, to which the future adds its gender ending."""
    index = 0 if agr.person == 1 and agr.number == "s" else 1 if agr.person == 2 else 3 if agr.number == "p" else 2
    if stem in ("दे", "ले"):
        return stem[0] + "ूँ ो े ें".split()[index]
    if stem == "हो":
        return "होऊँ हो हो हों".split()[index]
    base = {"पी": "पि", "सी": "सि", "छू": "छु"}.get(stem, stem)
    vowel = base[-1] in VOWEL_ENDS
    return base + ("ऊँ ओ ए एँ" if vowel else "ूँ ो े ें").split()[index]


def future(stem: str, agr: Agr) -> str:
    """Future: the plural nasal vowel turns into the dot before the ending, as spelling has it."""
    form = subjunctive(stem, agr)
    return form + ending(agr, "गा गे गी गी")


def be_present(agr: Agr) -> str:
    """Present of the copula."""
    if agr.person == 2:
        return "हो"
    if agr.person == 1 and agr.number == "s":
        return "हूँ"
    return "हैं" if agr.number == "p" else "है"


def be_past(agr: Agr) -> str:
    """Past of the copula."""
    return ending(agr, "था थे थी थीं")


def participle(stem: str, agr: Agr, nasal: bool = False) -> str:
    """Habitual participle, nasal in the feminine plural when it ends the verb group."""
    return stem + "त" + ending(agr, "ा े ी ीं" if nasal else "ा े ी ी")


def infinitive(stem: str, agr: Agr) -> str:
    """Infinitive agreeing with an object, as in ``kitaab parhnii chaahie``."""
    return stem + ending(agr, "ना ने नी नी")


def imperative(stem: str, polite: bool) -> str:
    """Imperative for tum or, if ``polite``, for aap."""
    special = {"कर": "कीजिए", "ले": "लीजिए", "दे": "दीजिए", "पी": "पीजिए", "सी": "सीजिए"}
    if polite:
        vowel = stem[-1] in VOWEL_ENDS
        return special.get(stem) or {"छू": "छु"}.get(stem, stem) + ("इए" if vowel else "िए")
    short = {"ले": "लो", "दे": "दो", "पी": "पियो", "सी": "सियो", "छू": "छुओ"}
    return short.get(stem) or stem + ("ओ" if stem[-1] in VOWEL_ENDS else "ो")


def conjunctive(stem: str) -> str:
    """The ``having done`` form."""
    return stem + ("के" if stem == "कर" else "कर")


def join(*words: str) -> str:
    """Words with single blanks between them, empty ones left out."""
    return " ".join(w for w in words if w)


# Simple one-part tenses: (template without negation, template with it).  Each %s is filled by
# ``group`` below; they are data so that a reader can check the order of words at a glance.
DATIVE_TENSES = ("should", "haveto", "hadto", "willhaveto", "supposed")
ERGATIVE_TENSES = ("past", "perf", "plup")


def obligation(stem: str, tense: str, agr: Agr) -> str:
    """Infinitive plus chaahie, honaa or parnaa, all agreeing with the object."""
    tail = {
        "should": "चाहिए",
        "haveto": be_present(agr),
        "hadto": "पड़" + ending(agr, "ा े ी ीं"),
        "willhaveto": subjunctive("पड़", agr) + ending(agr, "गा गे गी गी"),
        "supposed": be_past(agr),
    }
    return join(infinitive(stem, agr), tail[tense])


def modal(stem: str, tense: str, agr: Agr, neg: bool) -> str:
    """Groups made of a bare stem or an infinitive and a second verb."""
    no = "नहीं" if neg else ""
    be = "" if neg else be_present(agr)
    if tense in ("want", "wanted"):
        last = be if tense == "want" else be_past(agr)
        return join(stem + "ना", no, participle("चाह", agr, neg and tense == "want"), last)
    parts = {
        "can": lambda: join(no, stem, participle("सक", agr, neg), be),
        "could": lambda: join(no, stem, perfective("सक", agr, True)),
        "ableto": lambda: join(no, stem, future("सक", agr)),
        "already": lambda: join(stem, perfective("चुक", agr), be_present(agr)),
        "began": lambda: join(stem + "ने", perfective("लग", agr, True)),
        "try": lambda: join(stem + "ने की कोशिश", no, "कर", "रह" + ending(agr), be_present(agr)),
    }
    return parts[tense]()


def group(stem: str, tense: str, agr: Agr, neg: bool) -> str:
    """The whole Hindi verb group."""
    if tense in DATIVE_TENSES:
        return join("नहीं" if neg else "", obligation(stem, tense, agr))
    if tense in ("want", "wanted", "can", "could", "ableto", "already", "began", "try"):
        return modal(stem, tense, agr, neg)
    no = "नहीं" if neg else ""
    going = "रह" + ending(agr)
    parts = {
        "hab": lambda: join(no, participle(stem, agr, neg), "" if neg else be_present(agr)),
        "prog": lambda: join(no, stem, going, be_present(agr)),
        "pastprog": lambda: join(no, stem, going, be_past(agr)),
        "past": lambda: join(no, perfective(stem, agr, True)),
        "perf": lambda: join(no, perfective(stem, agr), be_present(agr)),
        "plup": lambda: join(no, perfective(stem, agr), be_past(agr)),
        "pasthab": lambda: join(no, participle(stem, agr), be_past(agr)),
        "may": lambda: join("न" if neg else "", subjunctive(stem, agr)),
    }
    for name in ("fut", "would", "cond"):
        parts[name] = lambda: join(no, future(stem, agr))
    for name in ("socan", "socould"):
        parts[name] = parts["may"]
    return parts[tense]()


def copula(tense: str, agr: Agr, neg: bool) -> str:
    """The Hindi stative verb in the tenses it has."""
    kind = STATIVE_TENSE[tense]
    form = {"hab": be_present, "past": be_past, "fut": lambda a: future("हो", a)}[kind](agr)
    return join("नहीं" if neg else "", form)


STATIVE_TENSE = {
    "hab": "hab", "prog": "hab", "is": "hab", "past": "past", "was": "past", "pastprog": "past", "plup": "past",
    "fut": "fut", "cond": "fut", "would": "fut", "pasthab": "past", "perf": "hab",
}


# --------------------------------------------------------------------------- English inflection


def third(verb: str) -> str:
    """Third person singular present."""
    if verb in ("have", "be"):
        return {"have": "has", "be": "is"}[verb]
    if verb.endswith(("s", "sh", "ch", "x", "o", "z")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in "aeou":
        return verb[:-1] + "ies"
    return verb + "s"


def past_forms(verb: str) -> tuple[str, str]:
    """Past tense and past participle."""
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    if verb.endswith("e"):
        form = verb + "d"
    elif verb.endswith("y") and verb[-2] not in "aeou":
        form = verb[:-1] + "ied"
    else:
        form = verb + (verb[-1] if verb in DOUBLE else "") + "ed"
    return form, form


def ing(verb: str) -> str:
    """Present participle."""
    if verb == "tie":
        return "tying"
    if verb.endswith("e") and not verb.endswith(("ee", "be")):
        return verb[:-1] + "ing"
    return verb + (verb[-1] if verb in DOUBLE else "") + "ing"


def plural(word: str) -> str:
    """Regular plural of a noun."""
    if word.endswith(("s", "sh", "ch", "x")):
        return word + "es"
    return word[:-1] + "ies" if word.endswith("y") and word[-2] not in "aeou" else word + "s"


def article(phrase: str) -> str:
    """The phrase with ``a`` or ``an`` before it."""
    vowel = phrase[0] in "aeiou" and not phrase.startswith(("useful", "one"))
    return ("an " if vowel or phrase.startswith("honest") else "a ") + phrase


def grade(adj: str, more: bool, degree: int) -> str:
    """Comparative (degree 0) or superlative (1) of an adjective."""
    if more:
        return ("more ", "most ")[degree] + adj
    if adj in GRADES:
        return GRADES[adj].split()[degree]
    return adj + ("er", "est")[degree] if not adj.endswith("e") else adj + ("r", "st")[degree]


@dataclass(frozen=True)
class English:
    """An English verb group, kept in parts so that ``not`` and inversion can be applied.

    ``aux`` is empty for the simple tenses; ``do`` and ``bare`` then serve negation and questions.
    """

    aux: str
    main: str
    do: str = ""
    bare: str = ""

    def plain(self, subject: str, adverb: str, neg: bool) -> str:
        """Statement order; the adverb stands between auxiliary and main verb."""
        if not neg:
            return join(subject, self.aux, adverb, self.main)
        aux = "cannot" if self.aux == "can" else join(self.aux or self.do, "not")
        return join(subject, aux, adverb, self.main if self.aux else self.bare)

    def asked(self, subject: str, neg: bool = False) -> str:
        """Question order."""
        return join(self.aux or self.do, subject, "not" if neg else "", self.main if self.aux else self.bare)


def pick_be(pn: str, past: bool) -> str:
    """Finite form of ``be`` for a person-number such as ``3s``."""
    if past:
        return "was" if pn in ("1s", "3s") else "were"
    return {"1s": "am", "3s": "is"}.get(pn, "are")


def simple(verb: str, pn: str, past: bool, tail: str = "") -> English:
    """A simple tense, with do-support at hand; ``be`` is its own auxiliary."""
    if verb == "be":
        return English(pick_be(pn, past), tail)
    finite = past_forms(verb)[0] if past else third(verb) if pn == "3s" else verb
    do = "did" if past else "does" if pn == "3s" else "do"
    return English("", join(finite, tail), do, join(verb, tail))


def english(verb: str, tense: str, pn: str) -> English:
    """The English verb group of a tense."""
    have = "has" if pn == "3s" else "have"
    done, doing = past_forms(verb)[1], ing(verb)
    if tense in ("hab", "cond", "past"):
        return simple(verb, pn, tense == "past")
    if tense in ("want", "wanted"):
        return simple("want", pn, tense == "wanted", "to " + verb)
    if tense in ("haveto", "hadto"):
        return simple("have", pn, tense == "hadto", "to " + verb)
    table = {
        "prog": (pick_be(pn, False), doing), "pastprog": (pick_be(pn, True), doing),
        "perf": (have, done), "plup": ("had", done), "already": (have, "already " + done),
        "fut": ("will", verb), "would": ("would", verb), "can": ("can", verb), "could": ("could", verb),
        "socan": ("can", verb), "socould": ("could", verb), "should": ("should", verb), "may": ("may", verb),
        "ableto": ("will", "be able to " + verb), "willhaveto": ("will", "have to " + verb),
        "supposed": (pick_be(pn, True), "supposed to " + verb), "try": (pick_be(pn, False), "trying to " + verb),
    }
    if tense in table:
        return English(*table[tense])
    if tense == "began":
        return simple("begin", pn, True, "to " + verb)
    return English("", "used to " + verb, "did", "use to " + verb)  # pasthab


# --------------------------------------------------------------------------- nouns and noun phrases


@dataclass(frozen=True)
class Noun:
    """One line of the noun table."""

    hi: str
    kind: str
    en: str
    en_plural: str
    group: str

    @property
    def gender(self) -> str:
        """m or f."""
        return self.kind.lower()

    @property
    def mass(self) -> bool:
        """Whether it is never counted."""
        return self.en_plural == "~"


def read_noun(text: str, klass: str) -> Noun:
    """Parse one entry of the noun table."""
    hi, kind, rest = text.strip().split(" ", 2)
    en, _, irregular = rest.partition("=")
    if en.endswith("~"):
        return Noun(hi, kind, en[:-1].replace("~", " "), "~", klass)
    many = (irregular or plural(en)).replace("~", " ")
    return Noun(hi, kind, en.replace("~", " "), many, klass)


def lengthen(hi: str, tail_y: str, tail: str) -> str:
    """Add a plural ending; final long vowels i and u shorten before it."""
    if hi.endswith("ी"):
        return hi[:-1] + "ि" + tail_y
    if hi.endswith("ि"):
        return hi + tail_y
    if hi.endswith("ई"):
        return hi[:-1] + "इ" + tail_y
    if hi.endswith("ू"):
        return hi[:-1] + "ु" + tail
    return hi + tail


def decline(noun: Noun, number: str, oblique: bool) -> str:
    """The four forms of a Hindi noun."""
    hi = noun.hi
    if number == "s":
        if noun.kind == "M" and oblique:
            return hi[:-2] + "ए" if hi.endswith("या") else hi[:-1] + "े"
        return hi
    if noun.kind == "M":
        if hi.endswith("या") and not oblique:
            return hi[:-2] + "ए"
        return hi[:-1] + ("ों" if oblique else "े")
    if noun.kind == "f" and hi.endswith("िया"):
        return hi[:-1] + ("ों" if oblique else "ाँ")
    if oblique:
        vowel = hi[-1] in "ाूोऊओ"
        return lengthen(hi, "यों", "ओं" if vowel else "ों")
    if noun.kind == "f":
        return lengthen(hi, "याँ", "एँ" if hi[-1] in VOWEL_ENDS else "ें")
    return hi


@dataclass(frozen=True)
class Adj:
    """One adjective; those in -aa inflect."""

    hi: str
    en: str
    more: bool

    def form(self, gender: str, number: str, oblique: bool = False) -> str:
        """The form that goes with a noun."""
        if not self.hi.endswith("ा"):
            return self.hi
        if gender == "f":
            return self.hi[:-1] + "ी"
        return self.hi[:-1] + ("ा" if number == "s" and not oblique else "े")


def read_adj(text: str) -> Adj:
    """Parse one entry of the adjective table."""
    hi, en = text.split()
    return Adj(hi, en.rstrip("*"), en.endswith("*"))


LEX = {klass: [read_noun(t, klass) for t in text.split(";")] for klass, text in NOUNS.items()}
LEX.update({klass: [n for part in parts.split() for n in LEX[part]] for klass, parts in WIDER.items()})
ADJ = {klass: [read_adj(t) for t in text.split("; ")] for klass, text in ADJECTIVES.items()}
NUMBER = [(n.split()[0], n.split()[1]) for n in NUMBERS.split("; ")]
PLACE = [line.split("|") for line in PLACES.strip().split("\n")]
CITY = [c.split() for c in CITIES.split("; ")]
HOUR = [h.split() for h in HOURS.split("; ")]
TIME = {k: [t.split("|") for t in v.split("; ")] for k, v in TIMES.items()}
SPOT = [s.split("|") for s in SPOTS.split("; ")]


@dataclass(frozen=True)
class NP:
    """A noun phrase in all the shapes a sentence may need."""

    hi: str
    obl: str
    agr: Agr
    en: str
    pn: str = "3s"
    obj: str = ""  # English object form, when it differs
    poss: str = "his"  # English possessive pronoun that refers back to it
    pronoun: str = "he"  # its anaphor: a key of PRONOUNS
    erg: str = ""
    dat: str = ""
    gen: str = ""  # genitive without its ending
    mine: str = ""  # English possessive of the phrase itself

    def case(self, name: str) -> str:
        """Hindi with a postposition: erg, dat, se, ka, ke, ki or a whole word such as ``ke paas``."""
        if name == "erg":
            return self.erg or self.obl + " ने"
        if name == "dat":
            return self.dat or self.obl + " को"
        if name == "se":
            return self.obl + ("से" if self.gen else " से")
        stem = self.gen or self.obl + " क"
        return stem + {"ka": "ा", "ke": "े", "ki": "ी"}[name]

    @property
    def english_object(self) -> str:
        """English form after a verb or preposition."""
        return self.obj or self.en

    @property
    def possessive(self) -> str:
        """``my``, ``Ram's`` or ``the boys'``."""
        return self.mine or self.en + ("'" if self.pn == "3p" and self.en.endswith("s") else "'s")


def _pronoun(row: str, agr: Agr) -> NP:
    """Build a pronoun from ``hi obl erg dat gen | en obj poss pn anaphor``."""
    left, right = row.split(" | ")
    hi, obl, erg, dat, gen = left.split()
    en, obj, poss, pn, anaphor = right.split()
    return NP(hi, obl, agr, en, pn, obj, poss, anaphor, erg, dat, gen, poss)


PRONOUNS = {
    "I": _pronoun("मैं मुझ मैंने मुझे मेर | I me my 1s I", Agr("m", "s", 1)),
    "Ifem": _pronoun("मैं मुझ मैंने मुझे मेर | I me my 1s Ifem", Agr("f", "s", 1)),
    "we": _pronoun("हम हम हमने हमें हमार | we us our 1p we", Agr("m", "p", 3)),
    "tum": _pronoun("तुम तुम तुमने तुम्हें तुम्हार | you you your 2 tum", Agr("m", "p", 2)),
    "aap": _pronoun("आप आप आपने आपको आपक | you you your 2 aap", Agr("m", "p", 3)),
    "he": _pronoun("वह उस उसने उसे उसक | he him his 3s he", Agr("m", "s", 3)),
    "she": _pronoun("वह उस उसने उसे उसक | she her her 3s she", Agr("f", "s", 3)),
    "they": _pronoun("वे उन उन्होंने उन्हें उनक | they them their 3p they", Agr("m", "p", 3)),
    "theyfem": _pronoun("वे उन उन्होंने उन्हें उनक | they them their 3p theyfem", Agr("f", "p", 3)),
    "hehon": _pronoun("वे उन उन्होंने उन्हें उनक | he him his 3s hehon", Agr("m", "p", 3)),
    "shehon": _pronoun("वे उन उन्होंने उन्हें उनक | she her her 3s shehon", Agr("f", "p", 3)),
}


def referent(gender: str, number: str) -> tuple[str, str]:
    """Anaphor key and English possessive for a third person."""
    if number == "p":
        return ("they" if gender == "m" else "theyfem"), "their"
    return ("he", "his") if gender == "m" else ("she", "her")


def name_np(text: str) -> NP:
    """A person's name."""
    hi, gender, en = text.split()
    anaphor, poss = referent(gender, "s")
    return NP(hi, hi, Agr(gender, "s"), en, poss=poss, pronoun=anaphor)


PEOPLE = [name_np(n) for n in NAMES.split("; ")]


def noun_np(noun: Noun, number: str, hi_mod: tuple[str, str] = ("", ""), en_mod: str = "", en: str = "") -> NP:
    """A noun with Hindi modifiers (direct, oblique) and English modifier or whole English text."""
    anaphor, poss = referent(noun.gender, number)
    word = noun.en_plural if number == "p" and not noun.mass else noun.en
    return NP(
        join(hi_mod[0], decline(noun, number, False)), join(hi_mod[1], decline(noun, number, True)),
        Agr(noun.gender, number), en or join(en_mod, word), "3p" if number == "p" else "3s", "", poss, anaphor,
    )


def kin_np(owner: NP, noun: Noun) -> NP:
    """Somebody's relative; elders take the honorific plural in Hindi."""
    elder = noun.group == "elder"
    number = "p" if elder else "s"
    tail = "ी" if noun.gender == "f" else "े" if elder else "ा"
    oblique_tail = "ी" if noun.gender == "f" else "े"
    stem = owner.gen or owner.obl + " क"
    anaphor, poss = referent(noun.gender, "s")
    return NP(
        join(stem + tail, noun.hi), join(stem + oblique_tail, noun.hi if elder else decline(noun, "s", True)),
        Agr(noun.gender, number), join(owner.possessive, noun.en), "3s", "", poss,
        anaphor + ("hon" if elder else ""),
    )


OWN = NP("", "", DEFAULT, "", gen="अपन", mine="<own>")

# --------------------------------------------------------------------------- predicates

# Everyday predicates for short sentences.  "one" marks what one does once (buying a car), "state"
# what has no progressive.
BASIC = """
all|{o:food} @खा|eat {o}
all|{o:drink} @पी|drink {o}
all|{o:read} @पढ़|read {o}
all|ध्यान से {o:read} @पढ़|read {o} carefully
one|{o:read} @लिख|write {o}
one|{r.dat} पत्र @लिख/ms|write a letter to {r}
one|{o:goods} @खरीद|buy {o}
one|{o:vehicle} @खरीद|buy {o}
one|{r.dat} {o:goods} @बेच|sell {o} to {r}
all|{o:show} @देख|watch {o}
one|{l} {o:animal} @देख|see {o} {l}
all|{o:song} @सुन|listen to {o}
all|{o:song} @गा|sing {o}
all|{o:music:b} @बजा|play the {o}
all|{o:game} @खेल|play {o}
all|{o:toy:s} से @खेल|play with {o}
all|{o:study} @सीख|learn {o}
all|{r.dat} {o:study} @पढ़ा|teach {o} to {r}
all|{o:meal} @बना|cook {o}
all|{o:bake} @बना|make {o}
all|{o:wear} @धो|wash {o}
all|{o:veg} @काट|cut {o}
one|{o:open:b} @खोल|open the {o}
one|{o:open:b} बंद @कर|close the {o}
all|{o:device} ठीक @कर|fix {o}
all|{o:vehicle} साफ़ @कर|clean {o}
all|कमरा साफ़ @कर/ms|clean the room
one|{r.dat} {o:read} @भेज|send {o} to {r}
one|{r.dat} {o:gift} @दे|give {o} to {r}
one|{r.se} {o:gift} @ले|take {o} from {r}
one|{r.dat} {o:gift} @दिखा|show {o} to {r}
one|{r.dat} घर @बुला|call {r} home
all|{l} {r.se} @मिल|meet {r} {l}
all|{r.se} बात @कर/fs|talk to {r}
all|{r.ki} मदद @कर/fs|help {r}
all|{l} {r.ka} इंतज़ार @कर/ms|wait for {r} {l}
all|{r.dat} फ़ोन @कर/ms|phone {r}
one|{r.se} एक सवाल @पूछ/ms|ask {r} a question
one|{r.dat} सारी बात @बता/fs|tell {r} the whole matter
one|{r.dat} अपना पता @बता/ms|tell {r} <own> address
all|{r.ki} बात @समझ/fs|understand {r}
one|{r.ka} नाम @भूल|forget {mine} name
one|{l} {o:own:s} @भूल|forget {o} {l}
all|{r.ke} लिए {o:drink} @ला|bring {o} for {r}
one|{r.ke} लिए {o:gift} @ला|bring {o} for {r}
one|{spot} {o:thing} @रख|put {o} {spot}
one|{spot} {o:thing} @ढूँढ|look for {o} {spot}
one|{l} {o:thing} @खो|lose {o} {l}
all|{o:flower:p} @तोड़|pick {o}
one|{o:flower} @लगा|plant {o}
all|{o:wear} @पहन|wear {o}
one|{o:toy:s} @फेंक|throw {o}
one|{o:toy:s} @पकड़|catch {o}
all|{o:vehicle} @चला|drive {o}
all|{o:wear} @सी|sew {o}
one|मैच @जीत/ms|win the match
all|{g} @जा|go {g}
all|{r.ke} साथ {g} @जा|go {g} with {r}
all|{c} @जा|go to {c}
all|बस से {g} @आ|come {g} by bus
one|{h} {g} @पहुँच|arrive {l} {h}
all|{c} से @लौट|return from {c}
one|{h} {c} से @निकल|leave {c} {h}
state|{c} में @रह|live in {c}
all|{l} @बैठ|sit {l}
all|{hn} @सो|sleep {hn}
all|{hm} @उठ|get up {hm}
all|पार्क में @दौड़|run in the park
all|सड़क पर धीरे-धीरे @चल|walk slowly on the road
all|ज़ोर से @हँस|laugh loudly
all|चुपचाप @रो|cry quietly
all|{l} @नाच|dance {l}
all|नदी में @तैर|swim in the river
all|ठंडे पानी से @नहा|bathe with cold water
all|{l} @टहल|stroll {l}
all|{l} काम @कर/ms|work {l}
all|{l} आराम @कर/ms|rest {l}
all|{r.ke} साथ काम @कर/ms|work with {r}
all|{c} की यात्रा @कर/fs|travel to {c}
all|पहाड़ पर @चढ़|climb the mountain
one|बस से @उतर|get off the bus
all|{r.dat} देखकर @मुस्कुरा|smile at {r}
all|सच @बोल|speak the truth
all|झूठ @बोल|tell a lie
one|{x:task} के बारे में @सोच|think about {x}
all|{o:pet:p} @पाल|keep {o}
all|{r.ke} लिए {o:toy} @बना|make {o} for {r}
one|{o:thing} @चुन|choose {o}
one|{r.se} {o:thing} @माँग|ask {r} for {o}
all|नए शब्द याद @कर/mp|memorize the new words
one|{o:furniture} @बेच|sell {o}
one|अपना काम शुरू @कर/ms|start <own> work
one|अपना काम ख़त्म @कर/ms|finish <own> work
one|{r.dat} {o:fruit} @दे|give {o} to {r}
one|{o:crop} @बो|sow {o}
one|गलती से {o:thing} @तोड़|break {o} by mistake
one|{r.ke} बगल में @बैठ|sit next to {r}
one|जल्दी से {g} @भाग|run away {g}
one|{r.dat} {c} के बारे में @बता|tell {r} about {c}
all|एक चित्र @बना/ms|draw a picture
one|डिब्बा ध्यान से @उठा/ms|lift the box carefully
one|ठंडा पानी @छू/ms|touch the cold water
one|पुरानी नौकरी @छोड़/fs|leave the old job
all|{r.ke} बिना {g} @जा|go {g} without {r}
all|पेड़ के नीचे @सो|sleep under the tree
one|{r.ke} ऊपर {o:flower:p} @फेंक|throw {o} over {r}
state|{r.se} प्यार @कर/ms|love {r}
state|{r.dat} अच्छी तरह @जान|know {r} well
state|{r.ke} ख़िलाफ़ कुछ भी नहीं @कह/ms|say nothing against {r}
"""

PET_ACTS = """
all|कुर्सी के नीचे @सो|sleep under the chair
all|पानी @पी/ms|drink water
all|बगीचे में @दौड़|run in the garden
all|पेड़ के नीचे @बैठ|sit under the tree
all|अपने मालिक के साथ @खेल|play with <own> master
all|खेत में @घूम|wander in the field
"""

WORLD = """
सूरज/ms : पूर्व में @निकल|the sun : rise in the east
चाँद/ms : बादलों के पीछे @छिप|the moon : hide behind the clouds
ठंडी हवा/fs : @चल|the cold wind : blow
बहुत तेज़ बारिश/fs : @हो|it : rain very hard
पहाड़ों पर बर्फ़/fs : @गिर|the snow : fall on the mountains
पेड़ों से पत्ते/mp : @गिर|the leaves : fall from the trees
आसमान में चिड़ियाँ/fp : @उड़|the birds : fly in the sky
आसमान में तारे/mp : @चमक|the stars : shine in the sky
दुकान/fs : {h} @खुल|the shop : open {h}
दुकान/fs : {h} बंद @हो|the shop : close {h}
मैच/ms : {h} शुरू @हो|the match : begin {h}
बैठक/fs : {h} ख़त्म @हो|the meeting : end {h}
ट्रेन/fs : {h} {c} से @आ|the train : come from {c} {h}
ट्रेन/fs : {h} {c} @पहुँच|the train : arrive in {c} {h}
बस/fs : {h} स्टेशन से @निकल|the bus : leave the station {h}
नदी/fs : गाँव के पास से @बह|the river : flow near the village
घंटी/fs : {h} @बज|the bell : ring {h}
"""

# Acts, reasons, obstacles for one topic each, so that long sentences stay on one subject.
TOPICS = {
    "shop": (
        """बाज़ार से {o:buyfood:p} @खरीद|buy {o} from the market
दुकान से {o:wear} @खरीद|buy {o} from the shop
अपने बेटे के लिए {o:toy} @खरीद|buy {o} for <own> son
अपनी बेटी के लिए {o:toy} @खरीद|buy {o} for <own> daughter
बाज़ार @जा|go to the market
बाज़ार में {r.se} @मिल|meet {r} in the market
दुकान में {o:furniture} @देख|see {o} in the shop
{r.dat} नई दुकान @दिखा/fs|show the new shop to {r}
मेले से {o:toy:p} @ला|bring {o} from the fair
घर के लिए {o:furniture} @चुन|choose {o} for the house""",
        """W शाम को घर पर दावत/fs : @है|there : be a feast at home in the evening
W वहाँ सब कुछ/ms : सस्ता @है|everything : be cheap there
P काफ़ी पैसे @है/mp|have enough money
W दाम/mp : कम @है|the prices : be low
W दुकानदार/ms : बहुत ईमानदार @है|the shopkeeper : be very honest""",
        """P! पैसे @है/mp|have money
W दुकान/fs : बंद @है|the shop : be closed
W बाज़ार में बहुत भीड़/fs : @है|there : be a big crowd in the market
W बहुत तेज़ बारिश/fs : @हो|it : rain very hard
W दाम/mp : बहुत ज़्यादा @है|the prices : be very high
W सारी दुकानें/fp : बहुत दूर @है|all the shops : be very far""",
    ),
    "study": (
        """पुस्तकालय में {o:read} @पढ़|read {o} in the library
अपना गृहकार्य ध्यान से @कर/ms|do <own> homework carefully
{o:study} @सीख|learn {o}
परीक्षा की तैयारी @कर/fs|prepare for the exam
अपने दोस्त के साथ {o:study} @सीख|learn {o} with <own> friend
अध्यापिका से कुछ सवाल @पूछ/mp|ask the teacher some questions
कक्षा में {o:read} ज़ोर से @पढ़|read {o} aloud in class
नए विषय के बारे में एक लेख @लिख/ms|write an article about the new subject
छोटे बच्चों को {o:study} @पढ़ा|teach {o} to the small children
सारी कविताएँ याद @कर/fp|memorize all the poems""",
        """W परीक्षा/fs : बहुत पास @है|the exam : be very near
D नई चीज़ें सीखने का शौक @है/ms|be fond of learning new things
N परीक्षा को लेकर चिंतित @है|be worried about the exam
W अध्यापिका/fs : बहुत सख़्त @है|the teacher : be very strict
P पूरा दिन @है/ms|have the whole day""",
        """W घर में बहुत शोर/ms : @है|there : be a lot of noise in the house
P! समय @है/ms|have time
N बहुत थक~ हु^ @है|be very tired
D बुखार @है/ms|have a fever
W बिजली/fs : बंद @है|the power : be off
W मौसम/ms : बहुत ख़राब @है|the weather : be very bad""",
    ),
    "health": (
        """डॉक्टर के पास @जा|go to the doctor
समय पर दवा @ले/fs|take the medicine on time
घर पर आराम @कर/ms|rest at home
सुबह पार्क में @टहल|stroll in the park in the morning
योग @कर/ms|do yoga
{o:fruit:p} @खा|eat {o}
सूप @पी/ms|drink soup
जल्दी @सो|sleep early
नर्स से सलाह @ले/fs|take advice from the nurse
अपने दोस्त के साथ अस्पताल @जा|go to the hospital with <own> friend""",
        """N बीमार @है|be ill
D बुखार @है/ms|have a fever
N बहुत कमज़ोर @है|be very weak
D अपनी सेहत की चिंता @है/fs|be worried about <own> health
D स्वस्थ रहना पसंद @है/ms|like being healthy""",
        """P! समय @है/ms|have time
N काम में बहुत व्यस्त @है|be very busy with work
P! पैसे @है/mp|have money
W घर में बहुत काम/ms : @है|there : be a lot of work at home
W घर में बहुत सारे मेहमान/mp : @है|there : be many guests at home""",
    ),
    "travel": (
        """ट्रेन से {c} @जा|go to {c} by train
अपने परिवार के साथ {c} @जा|go to {c} with <own> family
पहाड़ों पर छुट्टियाँ @बिता/fp|spend the holidays in the mountains
{c} में {r.se} @मिल|meet {r} in {c}
नई जगहों की तस्वीरें @ले/fp|take pictures of the new places
समुद्र के किनारे @टहल|stroll by the sea
पुराना किला @देख/ms|see the old fort
नाव से नदी पार @कर/fs|cross the river by boat
हवाई जहाज़ से {c} @लौट|return to {c} by plane
होटल में एक कमरा @ले/ms|take a room in the hotel""",
        """D यात्रा करना पसंद @है/ms|like traveling
N छुट्टी पर @है|be on holiday
W मौसम/ms : बहुत अच्छा @है|the weather : be very good
W टिकट/mp : सस्ते @है|the tickets : be cheap
P काफ़ी समय @है/ms|have enough time""",
        """W सारी ट्रेनें/fp : रद्द @है|all the trains : be cancelled
W टिकट/mp : बहुत महँगे @है|the tickets : be very expensive
P! पैसे @है/mp|have money
W मौसम/ms : बहुत ख़राब @है|the weather : be very bad
W सड़क/fs : बंद @है|the road : be closed
N बीमार @है|be ill""",
    ),
    "farm": (
        """खेत में {o:crop} @उगा|grow {o} in the field
नए पेड़ @लगा/mp|plant new trees
खेत में काम @कर/ms|work in the field
पौधों को पानी @दे/ms|water the plants
{o:crop} @काट|harvest {o}
बाज़ार में {o:veg:p} @बेच|sell {o} in the market
गायों को चारा @खिला/ms|feed the cows
पेड़ों से {o:fruit:p} @तोड़|pick {o} from the trees
कुएँ से पानी @ला/ms|bring water from the well
ट्रैक्टर @चला/ms|drive the tractor
गाँव में {r.ki} मदद @कर/fs|help {r} in the village""",
        """W ज़मीन/fs : बहुत उपजाऊ @है|the soil : be very fertile
W बारिश का मौसम/ms : पास @है|the rainy season : be near
D खेती का काम पसंद @है/ms|like farm work
W बाज़ार में दाम/mp : ऊँचे @है|the prices in the market : be high
W परिवार/ms : बहुत बड़ा @है|the family : be very big""",
        """W ज़मीन/fs : बहुत सूखी @है|the soil : be very dry
W कुआँ/ms : सूखा @है|the well : be dry
W बहुत तेज़ बारिश/fs : @हो|it : rain very hard
W धूप/fs : बहुत तेज़ @है|the sun : be very strong
N बीमार @है|be ill
W मज़दूर/mp : बहुत कम @है|the workers : be very few""",
    ),
    "cook": (
        """परिवार के लिए {o:meal} @बना|cook {o} for the family
रसोई में {o:bake:p} @बना|make {o} in the kitchen
{o:veg:p} @काट|cut {o}
मेहमानों को {o:drink} @दे|give {o} to the guests
बर्तन @धो/mp|wash the dishes
मेज़ पर थालियाँ @रख/fp|put the plates on the table
अपनी दादी से खाना बनाना @सीख/ms|learn cooking from <own> grandmother
चूल्हा @जला/ms|light the stove
बाज़ार से ताज़ी सब्ज़ियाँ @ला/fp|bring fresh vegetables from the market
रसोई साफ़ @कर/fs|clean the kitchen
सबके लिए {o:drink} @बना|make {o} for everyone""",
        """W मेहमान/mp : भूखे @है|the guests : be hungry
W घर में दावत/fs : @है|there : be a feast at home
W बच्चे/mp : बहुत भूखे @है|the children : be very hungry
D रसोई का काम पसंद @है/ms|like kitchen work
N बहुत भूख~ @है|be very hungry""",
        """W रसोई/fs : बहुत छोटी @है|the kitchen : be very small
W चूल्हा/ms : ख़राब @है|the stove : be broken
N बहुत थक~ हु^ @है|be very tired
P! समय @है/ms|have time
W बिजली/fs : बंद @है|the power : be off
G सिर में दर्द @है/ms|have a headache""",
    ),
    "sport": (
        """अपने दोस्तों के साथ {o:game} @खेल|play {o} with <own> friends
मैदान में @दौड़|run on the playground
नदी में @तैर|swim in the river
पहाड़ पर @चढ़|climb the mountain
मैदान में मैच @देख/ms|watch the match on the playground
सुबह व्यायाम @कर/ms|exercise in the morning
टीम के साथ अभ्यास @कर/ms|practice with the team
{o:game} @सीख|learn {o}
बच्चों को {o:game} @सिखा|teach {o} to the children
सड़क पर साइकिल @चला/fs|ride a bicycle on the road""",
        """D खेल-कूद पसंद @है/ms|like sports
W मौसम/ms : अच्छा @है|the weather : be good
N टीम में @है|be on the team
P पूरी शाम @है/fs|have the whole evening
W बड़ा मुकाबला/ms : पास @है|the big competition : be near""",
        """W बाहर बहुत गर्मी/fs : @है|it : be very hot outside
G पैर में चोट @है/fs|have a foot injury
W बहुत तेज़ बारिश/fs : @हो|it : rain very hard
N बहुत थक~ हु^ @है|be very tired
W ज़मीन/fs : गीली @है|the ground : be wet
N बीमार @है|be ill""",
    ),
    "office": (
        """दफ़्तर @जा|go to the office
एक लंबी रिपोर्ट @लिख/fs|write a long report
बैठक में नई योजना @समझा/fs|explain the new plan at the meeting
ग्राहकों को पत्र @भेज/mp|send letters to the customers
कंप्यूटर पर काम @कर/ms|work on the computer
मैनेजर से बात @कर/fs|talk to the manager
नई नौकरी @ढूँढ/fs|look for a new job
देर रात तक काम @कर/ms|work until late at night
सारे सवालों के जवाब @दे/mp|answer all the questions
पुरानी समस्या हल @कर/fs|solve the old problem
दफ़्तर में {r.se} @मिल|meet {r} at the office""",
        """W काम/ms : बहुत ज़रूरी @है|the work : be very important
N बहुत मेहनती @है|be very hardworking
W मैनेजर/ms : नाराज़ @है|the manager : be angry
W समय/ms : बहुत कम @है|time : be very short
D पैसों की ज़रूरत @है/fs|need money""",
        """W कंप्यूटर/ms : ख़राब @है|the computer : be broken
W दफ़्तर/ms : बंद @है|the office : be closed
W मैनेजर/ms : शहर से बाहर @है|the manager : be out of town
P! समय @है/ms|have time
N बीमार @है|be ill
W सड़क पर बहुत भीड़/fs : @है|there : be a big crowd on the road""",
    ),
    "feast": (
        """रंगीन काग़ज़ से घर @सजा/ms|decorate the house with colorful paper
अपने दोस्तों को घर @बुला|call <own> friends home
{o:song:p} @गा|sing {o}
मेहमानों के साथ @नाच|dance with the guests
बच्चों को मिठाइयाँ @दे/fp|give sweets to the children
नए कपड़े @पहन/mp|wear new clothes
सारे दीपक @जला/mp|light all the lamps
{r.dat} {o:gift} @दे|give {o} to {r}
सबके लिए {o:bake:p} @बना|make {o} for everyone
सबके सामने {o:music:b} @बजा|play the {o} in front of everyone""",
        """W घर में शादी/fs : @है|there : be a wedding at home
W गाँव में त्योहार/ms : @है|there : be a festival in the village
N बहुत खुश @है|be very happy
W सारे रिश्तेदार/mp : घर पर @है|all the relatives : be at home
W मेहमान/mp : आने वाले @है|the guests : be about to come""",
        """N बीमार @है|be ill
W मेहमान/mp : नाराज़ @है|the guests : be angry
P! पैसे @है/mp|have money
W बिजली/fs : बंद @है|the power : be off
P! समय @है/ms|have time
N बहुत दुखी @है|be very sad""",
    ),
    "home": (
        """सारे कमरे साफ़ @कर/mp|clean all the rooms
गंदे कपड़े @धो/mp|wash the dirty clothes
पुरानी अलमारी ठीक @कर/fs|fix the old cupboard
टूटी कुर्सी की मरम्मत @कर/fs|repair the broken chair
पुराना सामान @बेच/ms|sell the old goods
नया घर @ढूँढ/ms|look for a new house
सारी खिड़कियाँ @खोल/fp|open all the windows
रसोई में काम @कर/ms|work in the kitchen
आँगन में {o:flower:p} @लगा|plant {o} in the courtyard
बच्चों का कमरा @सजा/ms|decorate the children's room
घर के सामने {o:vehicle:s} साफ़ @कर|clean {o} in front of the house""",
        """W मेहमान/mp : आने वाले @है|the guests : be about to come
W घर/ms : बहुत गंदा @है|the house : be very dirty
D साफ़ घर पसंद @है/ms|like a clean house
W त्योहार/ms : पास @है|the festival : be near
P पूरा दिन @है/ms|have the whole day""",
        """W पानी/ms : बंद @है|the water : be off
N बहुत थक~ हु^ @है|be very tired
P! समय @है/ms|have time
G हाथ में दर्द @है/ms|have a pain in <own> hand
N काम में बहुत व्यस्त @है|be very busy with work""",
    ),
}
FALLBACKS = """
घर @लौट|return home
{k.dat} फ़ोन @कर/ms|phone {k}
अगले दिन का इंतज़ार @कर/ms|wait for the next day
{k.se} मदद @माँग/fs|ask {k} for help
घर पर चुपचाप @बैठ|sit quietly at home
{k.se} बात @कर/fs|talk to {k}
{k.ke} घर @जा|go to {kmine} house
{k.se} सलाह @ले/fs|take advice from {k}
"""
FIXED = {
    "know": "N @जान|know", "think": "N @सोच|think", "say": "N @कह|say", "hope": "D उम्मीद @है/fs|hope",
    "tell": "N {k.se} @कह|tell {k}", "so": "N ऐसा @कर/ms|do so", "happy": "N बहुत खुश @है|be very happy",
    "sad": "N बहुत दुखी @है|be very sad", "upset": "N थोड़~ परेशान @है|be a little upset",
    "learn": "D पता @है/ms|know", "worry": "N बहुत चिंतित @है|be very worried",
    "surprise": "N बहुत हैरान @है|be very surprised", "ready": "N पूरी तरह तैयार @है|be completely ready",
}

# --------------------------------------------------------------------------- random choices


class Dice:
    """Random choices built on ``random()`` alone, whose output is the same in every version."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def chance(self, p: float) -> bool:
        """True with probability p."""
        return self._random() < p

    def below(self, n: int) -> int:
        """An integer from 0 to n - 1."""
        return int(self._random() * n)

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.below(len(items))]

    def weigh(self, table: str) -> str:
        """One key of a table such as ``past 3; fut 1``."""
        rows = [row.split() for row in table.split("; ")]
        point = self._random() * sum(float(w) for _, w in rows)
        for key, weight in rows:
            point -= float(weight)
            if point < 0:
                return key
        return rows[-1][0]

    def shuffle(self, items: list[tuple[str, str]]) -> None:
        """Fisher-Yates."""
        for i in range(len(items) - 1, 0, -1):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]


Seg = tuple[str, str]  # Hindi and English of one stretch of a sentence


def adjective_for(d: Dice, noun: Noun) -> Adj | None:
    """An adjective that makes sense with the noun."""
    banned = ODD.get(noun.hi, "").split()
    options = [a for a in ADJ.get(ADJ_OF.get(noun.group, ""), []) if a.hi not in banned]
    return d.pick(options) if options else None


def described(noun: Noun, number: str, adj: Adj | None, det: Seg | tuple[str, str, str] = ("", "")) -> NP:
    """Determiner, adjective and noun; the determiner is (Hindi direct, [Hindi oblique,] English)."""
    direct, oblique, en = det if len(det) == 3 else (det[0], det[0], det[1])
    gender = noun.gender
    hi = [join(direct, adj.form(gender, number) if adj else ""), join(oblique, adj.form(gender, number, True) if adj else "")]
    word = noun.en_plural if number == "p" and not noun.mass else noun.en
    phrase = join(adj.en if adj else "", word)
    text = article(phrase) if en == "a" else join(en, phrase)
    return noun_np(noun, number, (hi[0], hi[1]), en=text)


def plural_only(noun: Noun) -> bool:
    """Clothes and shoes."""
    return noun.en_plural.endswith("+")


def trim(noun: Noun) -> Noun:
    """Without the mark of a plural-only noun, whose singular English is the plural."""
    return replace(noun, en_plural=noun.en_plural.rstrip("+")) if plural_only(noun) else noun


DEMONSTRATIVES = {
    "s": (("यह", "इस", "this"), ("वह", "उस", "that")),
    "p": (("ये", "इन", "these"), ("वे", "उन", "those")),
}


def owned(noun: Noun, number: str, owner: NP, adj: Adj | None = None) -> NP:
    """Noun with a possessor in front."""
    stem = owner.gen or owner.obl + " क"
    agr = Agr(noun.gender, number)
    oblique = stem + ("ी" if noun.gender == "f" else "े")
    return described(noun, number, adj, (stem + ending(agr), oblique, owner.possessive))


def object_np(d: Dice, klass: str, option: str = "") -> NP:
    """A direct object: bare or with numeral, adjective, demonstrative or possessor."""
    noun = d.pick(LEX[klass])
    if option == "b":
        return noun_np(noun, "s")
    adj = adjective_for(d, noun) if d.chance(0.4) else None
    if noun.mass:
        return described(noun, "s", adj)
    if plural_only(noun):
        noun, option = trim(noun), "p"
    number = option or ("p" if d.chance(0.35) else "s")
    if klass in OWNABLE and d.chance(0.3):
        return owned(noun, number, OWN, adj)
    if d.chance(0.15):
        return described(noun, number, adj, d.pick(DEMONSTRATIVES[number]))
    if number == "p":
        return described(noun, number, adj, d.pick(NUMBER) if d.chance(0.3) else ("", ""))
    return described(noun, number, adj, ("एक" if d.chance(0.5) else "", "a"))


OWNABLE = ("read", "wear", "thing", "toy", "device", "own", "vehicle")


def kin_noun(d: Dice) -> Noun:
    """A relative or friend."""
    return d.pick(LEX["kin"] + LEX["elder"])


def definite(d: Dice, klass: str, number: str = "") -> NP:
    """``the boys``: a bare Hindi noun, definite in English."""
    noun = d.pick(LEX[klass])
    return described(noun, number or ("p" if d.chance(0.4) else "s"), None, ("", "the"))


def person_np(d: Dice, number: str = "") -> NP:
    """Somebody a thing is done to or with; <own> refers to the subject."""
    kind = d.weigh("name 30; own 25; noun 30; my 15")
    if kind == "name":
        return d.pick(PEOPLE)
    if kind == "own":
        return kin_np(OWN, kin_noun(d))
    if kind == "noun":
        return definite(d, "any", number)
    return kin_np(PRONOUNS[d.pick(("I", "aap", "we"))], kin_noun(d))


def hour(d: Dice, part: str = "") -> Seg:
    """A time of day, the hour in words or in digits."""
    low, high, hi, en = {
        "m": (5, 11, "सुबह", "in the morning"), "e": (4, 8, "शाम को", "in the evening"),
        "n": (8, 11, "रात को", "at night"), "a": (1, 3, "दोपहर को", "in the afternoon"),
    }[part or d.pick("mea")]
    number = low + d.below(high - low + 1)
    words = HOUR[number - 1] if d.chance(0.5) else [str(number), str(number)]
    return f"{hi} {words[0]} बजे", f"at {words[1]} {en}"


# --------------------------------------------------------------------------- predicates and clauses


@dataclass(frozen=True)
class Pred:
    """A predicate with its slots filled."""

    case: str  # N plain subject, D dative, P with ke paas, G with ke, W its own subject
    pre: str
    stem: str
    agr: Agr
    verb: str
    post: str
    neg: bool = False
    subject: NP | None = None
    first: Pred | None = None  # what is done first: ``going to the market``


SLOT = re.compile(r"\{(\w+)(?:\.(\w+))?(?::(\w+))?(?::(\w))?\}")


def fill_slot(d: Dice, name: str, klass: str, option: str, filled: dict[str, NP | Seg]) -> None:
    """Choose a value for one slot unless it already has one."""
    if name in filled:
        return
    if name in ("g", "l"):
        place = d.pick(PLACE)
        filled.setdefault("g", (place[0], place[2]))
        filled.setdefault("l", (place[1], place[3]))
    elif name == "c":
        hi, en = d.pick(CITY)
        filled[name] = (hi, en)
    elif name in ("h", "hm", "hn"):
        filled[name] = hour(d, name[1:])
    elif name.startswith("spot"):
        hi, en = d.pick(SPOT)
        filled[name] = (hi, en)
    elif name == "r":
        filled[name] = person_np(d)
    elif name == "k":
        filled[name] = kin_np(OWN, kin_noun(d))
    else:
        filled[name] = object_np(d, klass, option)


def put(text: str, filled: dict[str, NP | Seg], side: int) -> str:
    """Write the chosen values into one side of a predicate."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name in ("mine", "kmine"):
            owner = filled["r" if name == "mine" else "k"]
            assert isinstance(owner, NP)
            return owner.possessive
        item = filled[name]
        if not isinstance(item, NP):
            return item[side]
        if side:
            return item.english_object
        return item.case(match[2]) if match[2] else item.hi if name == "o" else item.obl

    return " ".join(SLOT.sub(value, text).split())


def read_gn(text: str) -> Agr:
    """``fp`` and the like."""
    return Agr(text[0], text[1])


def make_pred(d: Dice, line: str, fixed: dict[str, NP | Seg] | None = None) -> Pred:
    """Fill a predicate line; ``fixed`` presets slots, as questions need."""
    hi, en = line.split("|")
    case, neg = "N", False
    if re.match(r"[NDPGW]!? ", hi):
        case, neg, hi = hi[0], hi[1] == "!", hi.split(" ", 1)[1]
    filled = dict(fixed or {})
    for match in SLOT.finditer(hi):
        oblique = match[1] == "o" and f"{match[0]} से" in hi
        if oblique and "o" not in filled:
            filled["o"] = object_np(d, match[3], match[4] or "")
            continue
        fill_slot(d, match[1], match[3] or "", match[4] or "", filled)
    subject = None
    if " : " in hi:
        subject, hi, en = world_subject(hi, en)
    pre, _, verb = hi.rpartition("@")
    stem, _, gn = verb.partition("/")
    obj = filled.get("o")
    agr = read_gn(gn) if gn else obj.agr if isinstance(obj, NP) and "{o" in pre and "{o" in hi and " से @" not in hi else DEFAULT
    if isinstance(obj, NP) and "से @" in hi:
        filled["o"] = replace(obj, hi=obj.obl)
    word, _, post = en.partition(" ")
    return Pred(case, put(pre, filled, 0), stem, agr, word, put(post, filled, 1), neg, subject)


def world_subject(hi: str, en: str) -> tuple[NP, str, str]:
    """Split a predicate that brings its own subject."""
    hi_subject, hi_rest = hi.split(" : ")
    en_subject, en_rest = en.split(" : ")
    word, gn = hi_subject.rsplit("/", 1)
    agr = read_gn(gn)
    pn = "3p" if agr.number == "p" and en_subject != "it" else "3s"
    return NP(word, word, agr, en_subject, pn), hi_rest, en_rest


def chain(first: Pred, last: Pred) -> Pred:
    """``having done the first, does the second``."""
    return replace(last, first=first)


@dataclass(frozen=True)
class Clause:
    """A finite clause about to be written."""

    subject: NP
    tense: str
    pred: Pred
    neg: bool = False
    time: Seg = ("", "")
    front: bool = False
    freq: Seg = ("", "")

    def __post_init__(self) -> None:
        if self.pred.subject:
            object.__setattr__(self, "subject", self.pred.subject)
        if self.pred.neg:
            object.__setattr__(self, "neg", not self.neg)

    @property
    def stative(self) -> bool:
        """Whether the Hindi verb is the copula."""
        return self.pred.stem == "है"

    @property
    def real(self) -> str:
        """The tense, with ``was`` and ``is`` resolved for the kind of predicate."""
        if self.tense in ("was", "is"):
            past = self.tense == "was"
            return ("past" if past else "hab") if self.stative else ("pastprog" if past else "prog")
        return STATIVE_TENSE[self.tense] if self.stative and self.tense not in ("cond", "would") else self.tense

    def subject_case(self) -> tuple[str, Agr]:
        """Hindi subject with its marker, and what the verb agrees with."""
        np, pred = self.subject, self.pred
        if pred.case in "PG":
            return join(np.case("ke"), "पास" if pred.case == "P" else ""), pred.agr
        if pred.case == "D" or self.real in DATIVE_TENSES:
            return np.case("dat"), pred.agr
        if self.real in ERGATIVE_TENSES and pred.stem in NE_STEMS:
            return np.case("erg"), pred.agr
        return np.hi, np.agr

    def hindi(self) -> str:
        """The Hindi side."""
        subject, agr = self.subject_case()
        own = self.subject.agr
        pre = join(inner(self.pred), self.pred.pre)
        pre = pre.replace("~", ending(own)).replace("^", ending(own, "आ ए ई ई"))
        verb = (copula if self.stative else group3(self.pred.stem))(self.real, agr, self.neg)
        when = self.time[0]
        return join(when if self.front else "", subject, "" if self.front else when, self.freq[0], pre, verb)

    def verb(self) -> English:
        """The English verb group, both verbs of a chain included."""
        one = english(self.pred.verb, self.real, self.subject.pn)
        if not self.pred.first:
            return one
        start = english(self.pred.first.verb, self.real, self.subject.pn)
        tail = join(self.pred.first.post, "and", follow_up(self.pred.verb, self.real, self.subject.pn))
        return replace(start, main=join(start.main, tail), bare=join(start.bare, tail))

    def english(self) -> str:
        """The English side of a statement."""
        text = self.verb().plain(self.subject.en, self.freq[1], self.neg)
        when = self.time[1]
        body = join(when if self.front else "", text, self.pred.post, "" if self.front else when)
        return body.replace("<own>", self.subject.poss)

    def question(self) -> str:
        """The English side with the verb before the subject."""
        body = join(self.verb().asked(self.subject.en, self.neg), self.pred.post, self.time[1])
        return body.replace("<own>", self.subject.poss)

    def both(self) -> Seg:
        """Hindi and English."""
        return self.hindi(), self.english()


def inner(pred: Pred) -> str:
    """The conjunctive participle phrase of a chain."""
    return join(pred.first.pre, conjunctive(pred.first.stem)) if pred.first else ""


def group3(stem: str) -> Callable[[str, Agr, bool], str]:
    """``group`` with the stem supplied."""
    return lambda tense, agr, neg: group(stem, tense, agr, neg)


def follow_up(verb: str, tense: str, pn: str) -> str:
    """The form of a second verb that shares the auxiliary of the first."""
    if tense in ("hab", "past", "cond"):
        return simple(verb, pn, tense == "past").main
    if tense in ("prog", "pastprog"):
        return ing(verb)
    return past_forms(verb)[1] if tense in ("perf", "plup", "already") else verb


# --------------------------------------------------------------------------- short sentences

LINES = [line.split("|", 1) for line in BASIC.strip().split("\n")]
ALL_TENSES = (
    "hab 14; prog 12; pastprog 8; past 16; perf 8; plup 4; pasthab 6; fut 14; can 5; could 3; want 5; wanted 4; "
    "should 6; haveto 5; hadto 4; willhaveto 3; supposed 2; already 4; began 3; try 3; may 4; ableto 3"
)
KIND_TENSES = {
    "all": ALL_TENSES,
    "one": "past 24; perf 10; fut 18; want 8; wanted 5; can 4; should 6; haveto 4; hadto 5; willhaveto 3; already 4; "
    "may 4; could 3; prog 5; plup 4; supposed 2; ableto 3",
    "state": "hab 3; pasthab 1",
}
NEVER_NEGATED = ("already", "began", "try", "supposed", "may", "perf", "plup")
FREQUENCIES = (("अक्सर", "often"), ("हमेशा", "always"), ("कभी-कभी", "sometimes"), ("शायद ही कभी", "rarely"))


def subject_np(d: Dice) -> NP:
    """A subject for an everyday sentence."""
    kind = d.weigh("name 34; pronoun 30; one 12; many 12; kin 12")
    if kind == "name":
        return d.pick(PEOPLE)
    if kind == "pronoun":
        return PRONOUNS[d.pick(("I", "I", "Ifem", "we", "tum", "aap", "he", "she", "they"))]
    if kind == "kin":
        return kin_np(d.pick((*PEOPLE[::6], *(PRONOUNS[k] for k in ("I", "aap", "we", "tum")))), kin_noun(d))
    number = "s" if kind == "one" else "p"
    noun = d.pick(LEX["any"])
    det: Seg | tuple[str, str, str] = ("", "the")
    if d.chance(0.3):
        det = d.pick(DEMONSTRATIVES[number])
    elif number == "p" and d.chance(0.3):
        det = d.pick(NUMBER[:5])
    return described(noun, number, adjective_for(d, noun) if d.chance(0.25) else None, det)


def shows_gender(clause: Clause) -> bool:
    """False when the Hindi leaves open whether ``vah`` is he or she."""
    if clause.subject.en not in ("he", "she"):
        return True
    return clause.subject_case()[0] == clause.subject.hi and clause.real != "may" and not (
        clause.stative and clause.real in ("hab",)
    )


def basic_clause(d: Dice, fixed: dict[str, NP | Seg] | None = None, wanted: str = "", plain: bool = False) -> Clause:
    """A random everyday clause; ``wanted`` is text its predicate line must contain."""
    kind, line = d.pick([row for row in LINES if wanted in row[1]] if wanted else LINES)
    pred = make_pred(d, line, fixed)
    tense = d.weigh(KIND_TENSES[kind])
    neg = tense == "could" or (tense not in NEVER_NEGATED and d.chance(0.14))
    time, front, freq = ("", ""), False, ("", "")
    if tense == "hab" and not neg and d.chance(0.3):
        freq = d.pick(FREQUENCIES)
    elif tense in TIME_OF and "{h" not in line and not neg and d.chance(0.6) and not plain and kind != "state":
        hi, en = d.pick(TIME[TIME_OF[tense]])
        time, front = (hi, en), d.chance(0.35)
    clause = Clause(subject_np(d), tense, pred, neg, time, front, freq)
    return clause if shows_gender(clause) else replace(clause, subject=d.pick(PEOPLE))


def statement(d: Dice) -> Seg:
    """A plain statement."""
    clause = basic_clause(d)
    hi, en = clause.both()
    return ("शायद " + hi if clause.tense == "may" else hi) + "।", en + "."


def never(d: Dice) -> Seg:
    """``never`` is kabhii with the negated verb."""
    _, line = d.pick([row for row in LINES if row[0] == "all" and "{h" not in row[1]])
    clause = Clause(d.pick(PEOPLE + [PRONOUNS["I"], PRONOUNS["they"]]), "hab", make_pred(d, line), True)
    en = replace(clause, neg=False, freq=("", "never"))
    return replace(clause, freq=("कभी", "")).hindi() + "।", en.english() + "."


def asked_clause(d: Dice, fixed: dict[str, NP | Seg] | None = None, wanted: str = "") -> Clause:
    """A clause fit for a question: no first person, no negation."""
    while True:
        clause = replace(basic_clause(d, fixed, wanted, True), neg=False, freq=("", ""))
        if clause.subject.pn in ("2", "3s", "3p") and clause.tense not in ("may", "supposed", "could", "began"):
            return clause


def yes_no(d: Dice) -> Seg:
    """Question with kyaa."""
    clause = asked_clause(d)
    return "क्या " + clause.hindi() + "?", clause.question() + "?"


WH_ADVERBS = (("कब", "When"), ("क्यों", "Why"), ("कैसे", "How"), ("किसके साथ", "With whom"), ("कितने बजे", "At what time"))


def wh_adverb(d: Dice) -> Seg:
    """When, why, how."""
    hi, en = d.pick(WH_ADVERBS)
    while True:
        clause = asked_clause(d, wanted={"कैसे": "{o", "किसके साथ": "{l}"}.get(hi, ""))
        if not re.search("बजे|साथ|से @", clause.hindi()):
            break
    return replace(clause, time=(hi, "")).hindi() + "?", f"{en} {clause.question()}?"


def wh_where(d: Dice) -> Seg:
    """Where."""
    slot = d.pick(("g", "l"))
    clause = asked_clause(d, {"g": ("कहाँ", ""), "l": ("कहाँ", "")}, "{" + slot + "}")
    return clause.hindi() + "?", f"Where {clause.question()}?"


def wh_what(d: Dice) -> Seg:
    """What, which, how many."""
    kind, line = d.pick([r for r in LINES if "{o:" in r[1] and ":b}" not in r[1] and " से @" not in r[1]])
    klass = line.split("{o:")[1].split("}")[0].split(":")[0]
    noun = trim(d.pick(LEX[klass]))
    number, which = ("s", d.pick(("what", "which")))
    if not noun.mass and d.chance(0.4):
        number, which = "p", "many"
    agr = Agr(noun.gender, number)
    hi, en = {
        "what": ("क्या", "What"),
        "which": (join("कौन स" + ending(agr), decline(noun, number, False)), "Which " + noun.en),
        "many": (join("कितन" + ending(agr), decline(noun, number, False)), "How many " + noun.en_plural),
    }[which]
    if which == "what":
        agr = DEFAULT
    clause = asked_clause(d, {"o": NP(hi, hi, agr, "")}, line)
    return clause.hindi() + "?", f"{en} {clause.question()}?"


WHO = NP("कौन", "किस", DEFAULT, "who", "3s", "", "their", "he", "किसने", "किसको", "किसक")


def wh_who(d: Dice) -> Seg:
    """Who as subject keeps statement order in English."""
    clause = replace(asked_clause(d), subject=WHO)
    return clause.hindi() + "?", clause.english() + "?"


def wh_whom(d: Dice) -> Seg:
    """Whom: the Hindi stays in place, the English is fronted."""
    line = d.pick([r[1] for r in LINES if "{r." in r[1] and "{mine}" not in r[1]])
    whom = NP("किस", "किस", DEFAULT, "", dat="किसको", gen="किसक")
    clause = asked_clause(d, {"r": whom}, line)
    return clause.hindi() + "?", f"Whom {clause.question()}?"


def thing(d: Dice, klasses: str = "read wear thing toy furniture device vehicle") -> Noun:
    """A thing one can own."""
    return trim(d.pick(LEX[d.pick(klasses.split())]))


def number_of(d: Dice, noun: Noun, p: float = 0.3) -> str:
    """Number for a noun; clothes are always plural."""
    return "s" if noun.mass else "p" if noun.en == noun.en_plural and noun.group == "wear" or d.chance(p) else "s"


def topic_np(d: Dice, noun: Noun) -> NP:
    """A definite thing: demonstrative, possessor or the bare noun."""
    number = number_of(d, noun)
    kind = d.weigh("this 4; mine 4; name 2; the 3")
    if kind == "this":
        return described(noun, number, None, d.pick(DEMONSTRATIVES[number]))
    if kind == "the":
        return described(noun, number, None, ("", "the"))
    keys = ("I", "we", "tum", "aap", "they")
    return owned(noun, number, d.pick(PEOPLE) if kind == "name" else PRONOUNS[d.pick(keys)])


def is_adjective(d: Dice) -> Seg:
    """``My house is big.``"""
    noun = trim(d.pick(LEX[d.pick([k for k in ADJ_OF if k in LEX and k not in ("person", "worker", "kin")])]))
    adj = adjective_for(d, noun) or ADJ["task"][0]
    np = topic_np(d, noun)
    pre = join("बहुत" if d.chance(0.4) else "", adj.form(np.agr.gender, np.agr.number))
    post = join("very" if pre.startswith("बहुत") else "", adj.en)
    pred = Pred("N", pre, "है", DEFAULT, "be", post)
    clause = Clause(np, d.weigh("hab 5; past 2"), pred, d.chance(0.15))
    if d.chance(0.15):
        return "क्या " + clause.hindi() + "?", clause.question() + "?"
    return clause.hindi() + "।", clause.english() + "."


def is_person(d: Dice) -> Seg:
    """``The farmer is honest``, ``Sita is happy``."""
    while True:
        np, mood = subject_np(d), d.chance(0.6)
        adj = d.pick(ADJ["mood" if mood else "person"])
        very = d.chance(0.4) and adj.en not in ("ready", "alone", "safe")
        pre = join("बहुत" if very else "", adj.form(np.agr.gender, np.agr.number))
        pred = Pred("N", pre, "है", DEFAULT, "be", join("very" if very else "", adj.en))
        clause = Clause(np, d.weigh("hab 5; past 4; fut 1"), pred, d.chance(0.15))
        if shows_gender(clause) and adj.en not in np.en:
            return clause.hindi() + "।", clause.english() + "."


MALE_WORK = [n for n in LEX["worker"] if n.gender == "m"]
FEMALE_WORK = [n for n in LEX["worker"] if n.gender == "f"]


def is_worker(d: Dice) -> Seg:
    """``Ram is a farmer.``"""
    while True:
        np = subject_np(d)
        if np.pn == "3s" and not np.en.startswith("the"):
            break
    noun = d.pick(MALE_WORK if np.agr.gender == "m" else FEMALE_WORK)
    adj = adjective_for(d, noun) if d.chance(0.5) else None
    predicate = described(noun, "s", adj, ("एक", "a"))
    hi = predicate.hi
    if np.agr.number == "p" and noun.gender == "m":  # honorific subjects make the adjective plural
        hi = join("एक", adj.form("m", "p") if adj else "", decline(noun, "p", False))
    clause = Clause(np, d.weigh("hab 5; past 3"), Pred("N", hi, "है", DEFAULT, "be", predicate.en))
    if not shows_gender(clause):
        return is_worker(d)
    return clause.hindi() + "।", clause.english() + "."


def this_is(d: Dice) -> Seg:
    """``This is my book``, ``Whose book is this?``"""
    noun = thing(d)
    number = number_of(d, noun)
    hi, _, en = d.pick(DEMONSTRATIVES[number])
    be_hi, be_en = be_present(Agr("m", number)), pick_be("3p" if number == "p" else "3s", False)
    if d.chance(0.2):
        word = noun.en_plural if number == "p" else noun.en
        whose = "किसक" + ending(Agr(noun.gender, number))
        return f"{hi} {whose} {decline(noun, number, False)} {be_hi}?", f"Whose {word} {be_en} {en}?"
    owner = d.pick(PEOPLE + [PRONOUNS[k] for k in ("I", "we", "tum", "aap", "they")] * 2)
    np = owned(noun, number, owner, adjective_for(d, noun) if d.chance(0.5) else None)
    no = d.chance(0.25)
    return join(hi, np.hi, "नहीं" if no else "", be_hi) + "।", join(en, be_en, "not" if no else "", np.en) + "."


def is_where(d: Dice) -> Seg:
    """``The book is on the table``, ``There are two books on the table``."""
    noun = trim(d.pick(LEX[d.pick(("read", "thing", "toy"))]))
    number = number_of(d, noun)
    spot = d.pick(SPOT)
    if noun.hi in spot[0] or noun.hi[:-1] in spot[0]:
        return is_where(d)
    adj = adjective_for(d, noun) if d.chance(0.4) else None
    tense = d.weigh("hab 3; past 1")
    if d.chance(0.5):
        np = described(noun, number, adj, ("", "the"))
        clause = Clause(np, tense, Pred("N", spot[0], "है", DEFAULT, "be", spot[1]), d.chance(0.2))
        if d.chance(0.15):
            where = replace(clause, neg=False, pred=replace(clause.pred, pre="कहाँ", post=""))
            return where.hindi() + "?", f"Where {where.question()}?"
        return clause.hindi() + "।", clause.english() + "."
    np = described(noun, number, adj, ("एक", "a") if number == "s" else d.pick(NUMBER))
    there = NP(spot[0], spot[0], np.agr, "there", np.pn)
    clause = Clause(there, tense, Pred("N", np.hi, "है", DEFAULT, "be", join(np.en, spot[1])))
    return clause.hindi() + "।", clause.english() + "."


def has_thing(d: Dice) -> Seg:
    """Possession of things and of relatives."""
    np = d.pick(PEOPLE + [PRONOUNS[k] for k in ("I", "we", "tum", "aap", "they")] * 3)
    tense = d.weigh("hab 4; past 1")
    if d.chance(0.3):
        noun, count = d.pick(LEX["kin"][:5]), d.pick(NUMBER[:4])
        has = described(noun, "p", None, count)
        pred = Pred("G", has.hi, "है", has.agr, "have", has.en)
    else:
        noun = d.pick(LEX[d.pick(("read", "thing", "toy", "device", "vehicle", "pet"))])
        number = number_of(d, noun)
        det = ("एक", "a") if number == "s" else d.pick(NUMBER)
        has = described(noun, number, adjective_for(d, noun) if d.chance(0.5) else None, det)
        pred = Pred("P", has.hi, "है", has.agr, "have", has.en)
    clause = Clause(np, tense, pred)
    if d.chance(0.25) and np.pn != "1s":
        return "क्या " + clause.hindi() + "?", clause.question() + "?"
    return clause.hindi() + "।", clause.english() + "."


def age(d: Dice) -> Seg:
    """Ages, in digits or words."""
    while True:
        np = subject_np(d)
        if np.pn == "3s" and np.agr.person == 3 and np.en not in ("he", "she"):
            break
    elder = np.agr.number == "p"
    years = str((45 if elder else 6) + d.below(40 if elder else 35))
    if not elder and d.chance(0.3):
        hi, en = d.pick(NUMBER[5:])
    else:
        hi = en = years
    pred = Pred("N", f"{hi} साल क~", "है", DEFAULT, "be", f"{en} years old")
    clause = Clause(np, "hab", pred)
    return clause.hindi() + "।", clause.english() + "."


def price(d: Dice) -> Seg:
    """Prices, in digits."""
    noun = thing(d, "wear thing toy furniture read")
    number = number_of(d, noun, 0.1)
    np = described(noun, number, adjective_for(d, noun) if d.chance(0.3) else None, d.pick(DEMONSTRATIVES[number]))
    rupees = str((1 + d.below(40)) * 25)
    if d.chance(0.25):
        agr = ending(np.agr)
        hi = f"{np.hi} कितने क{agr} {be_present(np.agr)}?"
        return hi, f"How much {'do' if number == 'p' else 'does'} {np.en} cost?"
    if d.chance(0.5):
        return f"{np.obl} की कीमत {rupees} रुपये है।", f"The price of {np.en} is {rupees} rupees."
    pred = Pred("N", f"{rupees} रुपये क~", "है", DEFAULT, "cost", f"{rupees} rupees")
    clause = Clause(np, "hab", pred)
    return clause.hindi() + "।", clause.english() + "."


def compare(d: Dice) -> Seg:
    """Comparative: A than-B adjective."""
    if d.chance(0.5):
        one, two = d.pick(PEOPLE), d.pick(PEOPLE)
        if d.chance(0.4):
            two = kin_np(OWN, d.pick(LEX["kin"][:5]))
        adj = d.pick(ADJ["person"])
    else:
        noun = trim(d.pick(LEX[d.pick(("read", "wear", "thing", "vehicle", "building", "nature", "pet", "device"))]))
        number = number_of(d, noun, 0.2)
        near, far = DEMONSTRATIVES[number]
        one, two = described(noun, number, None, near), described(noun, number, None, far)
        adj = adjective_for(d, noun) or ADJ["task"][0]
    if one == two or adj.en in ("alone", "sick"):
        return compare(d)
    pre = join(two.case("se"), adj.form(one.agr.gender, one.agr.number))
    pred = Pred("N", pre, "है", DEFAULT, "be", f"{grade(adj.en, adj.more, 0)} than {two.english_object}")
    clause = Clause(one, d.weigh("hab 4; past 1"), pred, d.chance(0.1))
    return clause.hindi() + "।", clause.english() + "."


GROUPS = (("गाँव", "in the village"), ("शहर", "in the city"), ("देश", "in the country"), ("दुनिया", "in the world"))


def superlative(d: Dice) -> Seg:
    """``This is the oldest tree in the village.``"""
    person = d.chance(0.4)
    noun = trim(d.pick(LEX[d.pick(("person", "worker") if person else ("building", "nature", "vehicle", "read"))]))
    adj = adjective_for(d, noun) or ADJ["task"][0]
    group_hi, group_en = d.pick(GROUPS)
    whole = described(noun, "s", adj)
    head = "क" + ending(whole.agr)
    who, _, en = d.pick(DEMONSTRATIVES["s"])
    if person:
        people = [p for p in PEOPLE if p.agr.gender == noun.gender]
        pick = d.pick(people)
        who, en = pick.hi, pick.en
    text = f"{en} is the {grade(adj.en, adj.more, 1)} {noun.en} {group_en}."
    return f"{who} {group_hi} {head} सबसे {whole.hi} है।", text


NEEDS = "drink fruit thing read wear"


def feels(d: Dice) -> Seg:
    """Dative subjects: liking, needing, knowing, hunger, cold."""
    np = d.pick(PEOPLE + [PRONOUNS[k] for k in ("I", "we", "tum", "aap", "they")] * 3 + [definite(d, "any")] * 5)
    line = d.pick(FEELINGS)
    pred = make_pred(d, "D " + line)
    tense = d.weigh("hab 3; past 2")
    clause = Clause(np, tense, pred, d.chance(0.2))
    if d.chance(0.2) and np.pn != "1s":
        asked = replace(clause, neg=False)
        return "क्या " + asked.hindi() + "?", asked.question() + "?"
    return clause.hindi() + "।", clause.english() + "."


FEELINGS = (
    "{o:fruit:p} पसंद @है|like {o}", "{o:drink} पसंद @है|like {o}", "{o:read:p} पसंद @है|like {o}",
    "{o:game:b} पसंद @है|like {o}", "{o:study:b} पसंद @है|like {o}", "{o:animal:p} पसंद @है|like {o}",
    "भूख लगी @है/fs|be hungry", "प्यास लगी @है/fs|be thirsty", "बुखार @है/ms|have a fever",
    "{r.ka} नाम पता @है/ms|know {mine} name", "{x:thing:s} की ज़रूरत @है/fs|need {x}",
    "{o:goods} की ज़रूरत @है/fs|need {o}", "{r.ka} घर पसंद @है/ms|like {mine} house",
    "अंधेरे से डर @है/ms|fear the dark", "{c} पसंद @है/ms|like {c}", "सर्दी लगी @है/fs|be cold",
)


def want_thing(d: Dice) -> Seg:
    """chaahie with a noun."""
    np = d.pick(PEOPLE + [PRONOUNS[k] for k in ("I", "we", "tum", "aap", "they")] * 3)
    obj = object_np(d, d.pick(NEEDS.split()))
    if "<own>" in obj.en:
        return want_thing(d)
    past = d.chance(0.15)
    verb = simple("need", np.pn, past)
    tail = be_past(obj.agr) if past else ""
    if d.chance(0.2) and np.pn != "1s":
        return join("क्या", np.case("dat"), obj.hi, "चाहिए", tail) + "?", f"{verb.asked(np.en)} {obj.en}?"
    return join(np.case("dat"), obj.hi, "चाहिए", tail) + "।", f"{np.en} {verb.main} {obj.en}."


def command(d: Dice) -> Seg:
    """Imperatives: polite with kripayaa or plain, negative with mat or na."""
    while True:
        kind, line = d.pick(LINES)
        pred = make_pred(d, line)
        if kind != "state" and not re.search("भूल|खो|गलती|मैच|कह", pred.stem + pred.pre):
            break
    polite, no = d.chance(0.55), d.chance(0.3)
    hi = join(pred.pre, ("न" if polite else "मत") if no else "", imperative(pred.stem, polite))
    en = join(pred.verb, pred.post).replace("<own>", "your")
    en = ("do not " if no else "") + en
    if polite:
        return "कृपया " + hi + "।", f"please {en}."
    return hi + ("!" if d.chance(0.2) else "।"), en + "."


def exclaim(d: Dice) -> Seg:
    """``What a beautiful flower!``"""
    noun = trim(d.pick(LEX[d.pick(("flower", "building", "nature", "animal", "toy", "read", "show", "bake"))]))
    adj = adjective_for(d, noun) or ADJ["task"][0]
    np = described(noun, "s", adj)
    hi, _, en = d.pick(DEMONSTRATIVES["s"])
    if d.chance(0.5):
        return f"कितन{ending(np.agr)} {np.hi}!", f"what {article(f'{adj.en} {noun.en}')}!"
    return f"{hi} कितन{ending(np.agr)} {np.hi} है!", f"what {article(f'{adj.en} {noun.en}')} {en} is!"


def nature(d: Dice) -> Seg:
    """Weather and timetables."""
    line = d.pick(WORLD.strip().split("\n"))
    pred = make_pred(d, "W " + line)
    tense = d.weigh("hab 4; prog 3; past 3; fut 3; pastprog 2" if "{h}" not in line else "hab 5; past 3; fut 4")
    time: Seg = ("", "")
    if d.chance(0.6):
        hi, en = d.pick(TIME[TIME_OF[tense]])
        time = (hi, en) if "{h}" not in line or tense == "hab" and "हर" not in hi else ("", "")
    clause = Clause(pred.subject or WHO, tense, pred, tense != "hab" and d.chance(0.15), time, d.chance(0.5))
    return clause.hindi() + "।", clause.english() + "."


def animals(d: Dice) -> Seg:
    """What pets do."""
    noun = d.pick(LEX["pet"][:4])
    number = "p" if d.chance(0.4) else "s"
    det = d.pick((("", "", "the"), *DEMONSTRATIVES[number]))
    np = replace(described(noun, number, adjective_for(d, noun) if d.chance(0.5) else None, det))
    np = replace(np, poss="its" if number == "s" else "their")
    line = d.pick(PET_ACTS.strip().split("\n")).split("|", 1)[1]
    clause = Clause(np, d.weigh("hab 3; prog 4; pastprog 2; past 2; fut 1"), make_pred(d, line), d.chance(0.15))
    return clause.hindi() + "।", clause.english() + "."


def introduce(d: Dice) -> Seg:
    """Names and homes."""
    name, place = d.pick(PEOPLE), d.pick(CITY)
    if d.chance(0.5):
        owner = kin_np(PRONOUNS[d.pick(("I", "we", "aap"))], d.pick(LEX["kin"]))
        while owner.agr.gender != name.agr.gender:
            owner = kin_np(PRONOUNS[d.pick(("I", "we", "aap"))], d.pick(LEX["kin"]))
        return f"{owner.case('ka')} नाम {name.hi} है।", f"{owner.possessive} name is {name.en}."
    pred = Pred("N", f"{place[0]} से", "है", DEFAULT, "be", f"from {place[1]}")
    clause = Clause(d.pick((name, definite(d, "any"))), d.weigh("hab 3; past 1"), pred)
    return clause.hindi() + "।", clause.english() + "."

# --------------------------------------------------------------------------- compound sentences

# Tokens are {SUBJECT TENSE PREDICATE [neg]}, {SUBJECT inf PREDICATE} and {t GROUP}.  Subjects: A a
# person and a its pronoun, B a relative of A and b its pronoun, C somebody else, R "the boy who" and
# Q its correlative.  Predicates: w x y z acts of one topic, x+y one after the other, r a reason,
# o an obstacle, f what one does when hindered, and the names in FIXED.
MEDIUM = """
{A past x} क्योंकि {a was r}। || {A past x} because {a was r}.
{A fut x} क्योंकि {a is r}। || {A fut x} because {a is r}.
{A want x}, लेकिन {a is o}। || {A want x}, but {a is o}.
{A wanted x}, लेकिन {a was o}। || {A wanted x}, but {a was o}.
{A was o}, इसलिए {a could x neg}। || {A was o}, so {a could x neg}.
{A is r}, इसलिए {a prog x}। || {A is r}, so {a prog x}.
हालाँकि {A was o}, फिर भी {a past x}। || Although {A was o}, still {a past x}.
हालाँकि {A is o}, फिर भी {a haveto x}। || Although {A is o}, still {a haveto x}.
अगर {A cond o}, तो {a ableto x neg}। || If {A cond o}, then {a ableto x neg}.
अगर {A cond x}, तो {B fut y}। || If {A cond x}, then {B fut y}.
अगर {A cond r}, तो {a fut x}। || If {A cond r}, then {a fut x}.
जब {A pastprog x}, तब {B pastprog y}। || When {A pastprog x}, {B pastprog y}.
जब {A hab x}, तब {B hab y}। || When {A hab x}, {B hab y}.
जब {A cond x}, तब {B fut y}। || When {A cond x}, {B fut y}.
जैसे ही {A past x}, {B past y}। || As soon as {A past x}, {B past y}.
{A inf x} से पहले {A past y}। || Before {A inf x}, {A past y}.
{A inf x} के बाद {A fut y}। || After {A inf x}, {A fut y}.
{A inf x} के बाद {A hab y}। || After {A inf x}, {A hab y}.
{A past x+y}। || {A past x+y}.
{A fut x+y}। || {A fut x+y}.
{A hab x+y}। || {A hab x+y}.
{A haveto x+y}। || {A haveto x+y}.
{t past} {A past x+y}। || {t past} {A past x+y}.
{t fut} {A fut x+y}। || {t fut} {A fut x+y}.
{A hab know} कि {C fut x}। || {A hab know} that {C fut x}.
{A hab think} कि {C should x}। || {A hab think} that {C should x}.
{A hab say} कि {C is o}। || {A hab say} that {C is o}.
{A hab hope} कि {C fut x}। || {A hab hope} that {C fut x}.
{A past tell} कि {a would x}। || {A past tell} that {a would x}.
{A past think} कि {a would x}। || {A past think} that {a would x}.
{A past x} और {B past y}। || {A past x} and {B past y}.
{A prog x} और {B prog y}। || {A prog x} and {B prog y}.
{A fut x}, लेकिन {B fut y}। || {A fut x}, but {B fut y}.
{A past x}, लेकिन {B past y neg}। || {A past x}, but {B past y neg}.
{A past x} ताकि {B socould y}। || {A past x} so that {B socould y}.
{A fut x} ताकि {B socan y}। || {A fut x} so that {B socan y}.
{R prog x}, {Q hab kinof}। || {R prog x} {Q hab kinof}.
{R past x}, {Q prog y}। || {R past x} {Q prog y}.
{R past x}, {Q was happy}। || {R past x} {Q was happy}.
{R hab x}, {Q want y}। || {R hab x} {Q want y}.
{R could x neg}, {Q was sad}। || {R could x neg} {Q was sad}.
{R wanted x}, {Q hadto y}। || {R wanted x} {Q hadto y}.
{A should x}, नहीं तो {B fut sad}। || {A should x}, otherwise {B fut sad}.
{A haveto x}, नहीं तो {B fut upset}। || {A haveto x}, otherwise {B fut upset}.
जहाँ {A hab live}, वहाँ {B hab x}। || Where {A hab live}, {B hab x}.
या तो {A fut x} या {B fut y}। || Either {A fut x} or {B fut y}.
जब तक {A cond x neg}, तब तक {B fut y neg}। || As long as {A cond x neg}, {B fut y neg}.
"""

LONGER = """
{A wanted x}, लेकिन {a was o}, इसलिए {a past f}। || {A wanted x}, but {a was o}, so {a past f}.
{t past} {A past x+y}, क्योंकि {a was r}। || {t past} {A past x+y}, because {a was r}.
हालाँकि {A was o}, फिर भी {a past x}, क्योंकि {a was r}। || Although {A was o}, still {a past x}, because {a was r}.
{A hab know} कि {a is o}, लेकिन फिर भी {a want x}। || {A hab know} that {a is o}, but still {a want x}.
अगर {A cond o}, तो {a ableto x neg} और {B fut sad}। || If {A cond o}, then {a ableto x neg} and {B fut sad}.
अगर {t fut} {A cond x}, तो {B fut y}, लेकिन {C fut z}। || If {t fut} {A cond x}, then {B fut y}, but {C fut z}.
जब {A pastprog x}, तब {B pastprog y} और {C pastprog z}। || When {A pastprog x}, {B pastprog y} and {C pastprog z}.
{A past tell} कि {a would x}, लेकिन {a could so neg}। || {A past tell} that {a would x}, but {a could so neg}.
{A past tell} कि {a would x}, क्योंकि {a was r}। || {A past tell} that {a would x}, because {a was r}.
{A inf x} के बाद {A past y} और {B past z}। || After {A inf x}, {A past y} and {B past z}.
{A inf x} से पहले {A past y}, क्योंकि {a was r}। || Before {A inf x}, {A past y}, because {a was r}.
{R wanted x}, {Q hadto y} क्योंकि {q was o}। || {R wanted x} {Q hadto y} because {q was o}.
{R past x+y}, {Q fut z}। || {R past x+y} {Q fut z}.
{A haveto x} और {a haveto y}, नहीं तो {B fut sad}। || {A haveto x} and {a haveto y}, otherwise {B fut sad}.
{A fut x+y} ताकि {B socan z}। || {A fut x+y} so that {B socan z}.
{A hab hope} कि {t fut} {B fut x}, क्योंकि {b is r}। || {A hab hope} that {t fut} {B fut x}, because {b is r}.
जैसे ही {A past x+y}, {B past z} और {C was happy}। || As soon as {A past x+y}, {B past z} and {C was happy}.
{A past x}, {B past y} और {C past z}, इसलिए सब खुश थे। || {A past x}, {B past y} and {C past z}, so everyone was happy.
{A was learn} कि {B was o}, इसलिए {a past f}। || {A was learn} that {B was o}, so {a past f}.
"""

# The longest sentences: an opening, a middle and an end that fit the outcome, F failed or D done.
OPENINGS = """
F {t past} {A wanted x}, लेकिन {a was o} || {t past} {A wanted x}, but {a was o}
F {A past tell} कि {a would x}, लेकिन {a could so neg} क्योंकि {a was o} || {A past tell} that {a would x}, but {a could so neg} because {a was o}
F जब {B pastprog y}, तब {A wanted x}, लेकिन {a was o} || When {B pastprog y}, {A wanted x}, but {a was o}
F {R wanted x}, {Q could so neg} क्योंकि {q was o} || {R wanted x} {Q could so neg} because {q was o}
F {A supposed x+w}, लेकिन {a was o} || {A supposed x+w}, but {a was o}
D हालाँकि {A was o}, फिर भी {t past} {a past x} || Although {A was o}, still {t past} {a past x}
D जब {B pastprog y}, तब {A past x+w} || When {B pastprog y}, {A past x+w}
D {A inf x} से पहले {A past w}, क्योंकि {a was r} || Before {A inf x}, {A past w}, because {a was r}
D {t past} {A past x+w}, क्योंकि {a was r} || {t past} {A past x+w}, because {a was r}
D {R past x+w}, {Q was happy} क्योंकि {q was r} || {R past x+w} {Q was happy} because {q was r}
D {A past think} कि {a would x}, और {t past} {a past w} || {A past think} that {a would x}, and {t past} {a past w}
P {A hab know} कि {a haveto x}, लेकिन {a is o} || {A hab know} that {a haveto x}, but {a is o}
P अगर {t fut} {A cond o}, तो {a ableto x neg} || If {t fut} {A cond o}, then {a ableto x neg}
P {A hab say} कि {a want x}, लेकिन {a is o} || {A hab say} that {a want x}, but {a is o}
"""
MIDDLES = """
F , इसलिए {a past f} || , so {a past f}
F , इसलिए {a hadto f} || , so {a hadto f}
F , इसलिए {a past f} और {B past z} || , so {a past f} and {B past z}
F , और {a was upset}, लेकिन {B past z} || , and {a was upset}, but {B past z}
D  और उसके बाद {B past z} || and after that {B past z}
D , लेकिन {B could z neg} || , but {B could z neg}
D , और जब {a pastprog z}, तब {C past f} || , and when {a pastprog z}, {C past f}
P , इसलिए {a fut f} || , so {a fut f}
P , और शायद {a haveto f}, लेकिन {B fut z} || , and perhaps {a haveto f}, but {B fut z}
P , इसलिए {a hab think} कि {B fut z} || , so {a hab think} that {B fut z}
"""
ENDS = """
F , लेकिन अगले दिन {a past v} और {a was happy}। || , but the next day {a past v} and {a was happy}.
F  और {C past tell2} कि अगले हफ़्ते {c would v}। || and {C past tell2} that {c would v} next week.
F , हालाँकि {B was worry} और {C was surprise}। || , although {B was worry} and {C was surprise}.
F , क्योंकि {a was learn} कि {C would v}। || , because {a was learn} that {C would v}.
D , इसलिए {a was happy} और {C past v}। || , so {a was happy} and {C past v}.
D , ताकि {C socould v} और सब खुश हों। || , so that {C socould v} and everyone could be happy.
D , और अंत में {C past tell2} कि अगले दिन {c would v}। || , and finally {C past tell2} that {c would v} the next day.
D , क्योंकि {C was ready} और {c wanted v}। || , because {C was ready} and {c wanted v}.
P , ताकि {a socan v} और {B socan beglad}। || , so that {a socan v} and {B socan beglad}.
P , नहीं तो {B fut sad} और {C ableto v neg}। || , otherwise {B fut sad} and {C ableto v neg}.
P , क्योंकि {a is learn} कि {t fut} {C fut v}। || , because {a is learn} that {t fut} {C fut v}.
"""
FIXED_MORE = {"beglad": "N खुश @हो|be happy", "tell2": "N {k.se} @कह|tell {k}", "live": "N {c} में @रह|live in {c}"}


def rows(text: str) -> list[str]:
    """The lines of a table."""
    return [line for line in text.strip("\n").split("\n") if "||" in line or "@" in line]


class Scene:
    """One topic with its people and events, on which a compound sentence draws."""

    def __init__(self, d: Dice) -> None:
        self.d = d
        acts, reasons, obstacles = TOPICS[d.pick(sorted(TOPICS))]
        self._lines = {"act": rows(acts), "r": rows(reasons), "o": rows(obstacles), "f": rows(FALLBACKS)}
        self._preds: dict[str, Pred] = {}
        self._people: dict[str, NP] = {}

    def person(self, key: str) -> NP:
        """The noun phrase a subject letter stands for."""
        if key not in self._people:
            self._people[key] = self._new_person(key)
        return self._people[key]

    def _new_person(self, key: str) -> NP:
        d = self.d
        if key in "abcq" and key != "A":
            return PRONOUNS[self.person({"a": "A", "b": "B", "c": "C", "q": "Q"}[key]).pronoun]
        if key == "A" and "R" in self._people:
            return PRONOUNS[self._people["R"].pronoun]
        if key == "A":
            kind = d.weigh("name 60; I 10; we 4; kin 12; noun 14")
            if kind in ("I", "we"):
                return PRONOUNS[kind]
            if kind == "kin":
                return kin_np(PRONOUNS[d.pick(("I", "aap"))], kin_noun(d))
            return d.pick(PEOPLE) if kind == "name" else definite(d, "any")
        if key == "B":
            return kin_np(PRONOUNS[self.person("A").pronoun], d.pick(LEX["kin"][:5] + LEX["elder"]))
        if key == "C":
            return d.pick(PEOPLE)
        if key == "R":
            return self._relative()
        return replace(PRONOUNS[self.person("R").pronoun], en="")

    def _relative(self) -> NP:
        """``the boy who``: jo with the noun, jis or jin in the oblique."""
        noun = self.d.pick(LEX["any"])
        number = "p" if self.d.chance(0.35) else "s"
        det = ("जो", "जिन" if number == "p" else "जिस", "the")
        np = described(noun, number, None, det)
        return replace(np, en=np.en + " who")

    def pred(self, key: str) -> Pred:
        """The predicate a name stands for; acts are never used twice."""
        if "+" in key:
            one, two = key.split("+")
            return chain(self.pred(one), self.pred(two))
        if key not in self._preds:
            self._preds[key] = self._new_pred(key)
        return self._preds[key]

    def _new_pred(self, key: str) -> Pred:
        if key == "kinof":
            np = kin_np(PRONOUNS[self.d.pick(("I", "we", "aap"))], self._same_gender_kin())
            return Pred("N", np.hi, "है", DEFAULT, "be", np.en)
        if key in FIXED or key in FIXED_MORE:
            return make_pred(self.d, FIXED.get(key) or FIXED_MORE[key])
        lines = self._lines["act" if key in "vwxyz" else key]
        line = lines.pop(self.d.below(len(lines)))
        return make_pred(self.d, line)

    def _same_gender_kin(self) -> Noun:
        gender = self.person("R").agr.gender
        return self.d.pick([n for n in LEX["kin"] if n.gender == gender])

    def token(self, text: str) -> Seg:
        """Hindi and English of one token."""
        words = text.split()
        if words[0] == "t":
            hi, en = self.d.pick(TIME[words[1]])
            return hi, en
        np = self.person(words[0])
        pred = self.pred(words[2])
        if words[1] == "inf":
            en = join(ing(pred.verb), pred.post).replace("<own>", np.poss)
            return join(pred.pre, pred.stem + "ने"), en
        return Clause(np, words[1], pred, len(words) > 3).both()


TOKEN = re.compile(r"\{([^}]+)\}")


def realise(d: Dice, pattern: str) -> Seg:
    """Fill a pattern; tokens are worked out once, left to right in the Hindi."""
    scene = Scene(d)
    done: dict[str, Seg] = {}
    hi, en = pattern.split("||")
    for side in (hi, en):
        for text in TOKEN.findall(side):
            if text not in done:
                done[text] = scene.token(text)
    return TOKEN.sub(lambda m: done[m[1]][0], hi), TOKEN.sub(lambda m: done[m[1]][1], en)


def medium(d: Dice) -> Seg:
    """Two clauses."""
    return realise(d, d.pick([r for r in rows(MEDIUM) if "||" in r]))


def longer(d: Dice) -> Seg:
    """Three clauses."""
    return realise(d, d.pick(rows(LONGER)))


def longest(d: Dice, with_end: bool = True) -> Seg:
    """Opening, middle and end of one little story."""
    opening = d.pick(rows(OPENINGS))
    outcome = opening[0]
    parts = [opening, d.pick([r for r in rows(MIDDLES) if r[0] == outcome])]
    if with_end:
        parts.append(d.pick([r for r in rows(ENDS) if r[0] == outcome]))
    hi, en = (" ".join(p[2:].split("||")[side].strip() for p in parts) for side in (0, 1))
    return realise(d, f"{hi} || {en}" if with_end else f"{hi}। || {en}.")


def shorter_story(d: Dice) -> Seg:
    """Opening and middle only."""
    return longest(d, False)


def thing_that(d: Dice) -> Seg:
    """``The book that Ram bought is interesting.``"""
    noun = trim(d.pick(LEX[d.pick(("read", "wear", "thing", "toy", "vehicle", "device"))]))
    number = number_of(d, noun)
    adj = adjective_for(d, noun) or ADJ["task"][0]
    det = ("जो", "जिन" if number == "p" else "जिस", "the")
    np = described(noun, number, None, det)
    who, verb = d.pick(PEOPLE + [PRONOUNS[k] for k in ("I", "we", "tum", "aap")] * 3), d.pick(("खरीद buy", "चुन choose", "देख see", "बेच sell", "माँग ask~for"))
    stem, en_verb = verb.split()
    place = d.pick((("", ""), ("बाज़ार में", "in the market"), ("कल", "yesterday"), ("पिछले हफ़्ते", "last week")))
    hi = join(np.hi, who.case("erg"), place[0], perfective(stem, np.agr, True))
    base, _, tail = en_verb.partition("~")
    en = join(np.en, "that", who.en, past_forms(base)[0], tail, place[1])
    very = d.chance(0.5)
    be = pick_be(np.pn, False)
    that = "वे" if number == "p" else "वह"
    pre = join("बहुत" if very else "", adj.form(np.agr.gender, number), be_present(np.agr))
    return f"{hi}, {that} {pre}।", join(en, be, "very" if very else "", adj.en) + "."


# --------------------------------------------------------------------------- the files

SHORT: dict[Callable[[Dice], Seg], int] = {
    statement: 40, never: 2, yes_no: 8, wh_adverb: 6, wh_where: 3, wh_what: 6, wh_who: 3, wh_whom: 3,
    is_adjective: 7, is_person: 6, is_worker: 4, this_is: 5, is_where: 6, has_thing: 5, age: 3, price: 4,
    compare: 5, superlative: 3, feels: 7, want_thing: 4, command: 7, exclaim: 3, nature: 4, animals: 3, introduce: 2,
}
FAMILIES: tuple[tuple[tuple[Callable[[Dice], Seg], int], ...], ...] = (
    tuple(SHORT.items()),
    ((statement, 12), (medium, 70), (thing_that, 8), (yes_no, 3)),
    ((longer, 60), (shorter_story, 40)),
    ((longest, 100),),
)


def key(text: str) -> str:
    """What two sentences must not share: letters, marks and digits only, lower case."""
    return "".join(c for c in text.lower() if c.isalnum() or unicodedata.category(c)[0] == "M")


def tidy(pair: Seg) -> Seg:
    """Spacing, capital letters and one Unicode form."""
    hi, en = (re.sub(r"\s+([,।?!.])", r"\1", " ".join(side.split())) for side in pair)
    return unicodedata.normalize("NFC", hi), en[0].upper() + en[1:]


PEOPLE_WORDS = tuple(p.en for p in PEOPLE) + tuple(
    w for n in LEX["any"] for w in (f"the {n.en}", f"the {n.en_plural}")
)
CLUMSY = re.compile("|".join(("<own>", r"\{", r"\b(\w+) \1\b(?<!had had)", "कि कि")))


def sensible(pair: Seg) -> bool:
    """False when a person is named twice or a word is doubled by chance."""
    words = re.findall(r"\w+", pair[1])
    names = [w for w in words if w in NAME_SET]
    if len(names) != len(dict.fromkeys(names)) or CLUMSY.search(pair[1]):
        return False
    return not any(len(re.findall(rf"\b{w}\b", pair[1])) > 1 for w in PEOPLE_WORDS if w in pair[1])


NAME_SET = frozenset(p.en for p in PEOPLE)


def bin_sizes(total: int) -> list[int]:
    """How many sentences of each length class a file of this size has."""
    sizes = [round(total * share) for _, _, share in BINS]
    sizes[0] += total - sum(sizes)
    return sizes


def fill_bin(d: Dice, index: int, want: int, seen: set[str]) -> list[Seg]:
    """Distinct sentences of one length class."""
    low, high, _ = BINS[index]
    makers = [maker for maker, weight in FAMILIES[index] for _ in range(weight)]
    out: list[Seg] = []
    while len(out) < want:
        pair = tidy(d.pick(makers)(d))
        keys = (key(pair[0]), key(pair[1]))
        if low <= len(pair[0].split()) <= high and sensible(pair) and not seen.intersection(keys):
            seen.update(keys)
            out.append(pair)
    return out


def generate() -> dict[str, list[Seg]]:
    """All three files; every length class is dealt out to each in its share."""
    d, seen = Dice(SEED), set[str]()
    files: dict[str, list[Seg]] = {name: [] for name in SIZES}
    for index in range(len(BINS)):
        quota = {name: bin_sizes(size)[index] for name, size in SIZES.items()}
        pool = fill_bin(d, index, sum(quota.values()), seen)
        d.shuffle(pool)
        for name, count in quota.items():
            files[name] += pool[:count]
            pool = pool[count:]
    for pairs in files.values():
        d.shuffle(pairs)
    return files


def lexicon() -> dict[str, tuple[str, ...]]:
    """Every Hindi lemma, tagged by table, with the forms it may take in a sentence."""
    forms: dict[str, tuple[str, ...]] = {}
    for klass in NOUNS:
        for noun in LEX[klass]:
            cells = [decline(noun, n, o) for n in ("s", "p") for o in (False, True)]
            forms[f"noun {noun.hi}"] = tuple(dict.fromkeys(cells))
    for adjs in ADJ.values():
        for adj in adjs:
            forms[f"adjective {adj.hi}"] = tuple(dict.fromkeys((adj.form("m", "s"), adj.form("m", "p"), adj.form("f", "s"))))
    for person in PEOPLE:
        forms[f"name {person.hi}"] = (person.hi,)
    for hi, _ in NUMBER:
        forms[f"number {hi}"] = (hi,)
    for hi, _ in CITY:
        forms[f"city {hi}"] = (hi,)
    for place in PLACE:
        forms[f"place {place[0].split()[0]}"] = (place[0].split()[0],)
    for times in TIME.values():
        forms.update({f"time {hi}": (hi,) for hi, _ in times})
    for stem in verb_stems():
        forms[f"verb {stem}ना"] = verb_forms(stem)
    forms.update({f"word {w}": (w,) for w in PARTICLES.split()})
    return {k: tuple(unicodedata.normalize("NFC", f) for f in v) for k, v in forms.items()}


PARTICLES = (
    "और लेकिन क्योंकि इसलिए अगर तो जब तब कि ताकि हालाँकि फिर भी जो जिस जिन जहाँ वहाँ नहीं मत न क्या कौन कहाँ कब क्यों कैसे किसने "
    "किसको किसके में पर से को का के की ने लिए साथ पास नीचे पीछे ऊपर सामने अंदर बगल बिना ख़िलाफ़ बाद पहले मैं हम तुम आप वह वे यह ये मुझे "
    "हमें तुम्हें मेरा हमारा तुम्हारा अपना सबसे बहुत अक्सर हमेशा कभी-कभी शायद कृपया या धीरे-धीरे चुपचाप ध्यान ज़ोर चाहिए"
)


def verb_stems() -> list[str]:
    """Every verb stem of the predicate tables, in order of first use."""
    text = "\n".join([BASIC, PET_ACTS, WORLD, FALLBACKS, *FIXED.values(), *FIXED_MORE.values()])
    text += "\n".join("\n".join(parts) for parts in TOPICS.values())
    stems = dict.fromkeys(re.findall(r"@([^/|\n]+)", text))
    return [s for s in stems if s != "है"]


def verb_forms(stem: str) -> tuple[str, ...]:
    """All forms a verb takes in the corpus."""
    cells = [Agr(g, n, p) for g in "mf" for n in "sp" for p in (1, 2, 3)]
    forms = [stem, conjunctive(stem), stem + "ना", stem + "ने", stem + "नी", imperative(stem, True), imperative(stem, False)]
    for agr in cells:
        forms += [perfective(stem, agr), perfective(stem, agr, True), subjunctive(stem, agr), future(stem, agr)]
        forms += [participle(stem, agr), participle(stem, agr, True)]
    return tuple(dict.fromkeys(forms))


def write(files: dict[str, list[Seg]], folder: Path) -> None:
    """Write the tables with LF line ends on every platform."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, pairs in files.items():
        text = "hi\ten\n" + "".join(f"{hi}\t{en}\n" for hi, en in pairs)
        (folder / f"{name}.tsv").write_bytes(text.encode("utf-8"))


def main(argv: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    default = Path(__file__).resolve().parent.parent / "data" / "sample"
    parser.add_argument("--out", type=Path, default=default, help="folder for the three files")
    write(generate(), parser.parse_args(argv).out)


if __name__ == "__main__":
    main()
